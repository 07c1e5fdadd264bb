import { closeRunOperation } from "@/lib/api/v1/operations/move-runs";
import { route } from "@/lib/api/v1/route-handler";

export const POST = route(closeRunOperation);
