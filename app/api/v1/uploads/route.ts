import { offerUploadOperation } from "@/lib/api/v1/operations/offer-upload";
import { route } from "@/lib/api/v1/route-handler";

export const POST = route(offerUploadOperation);
