import { uploadDocuments } from "@/lib/api/v1/operations/upload-documents";
import { route } from "@/lib/api/v1/route-handler";

export const POST = route(uploadDocuments);
