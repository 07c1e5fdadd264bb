import { revertImportOperation } from "@/lib/api/v1/operations/decide-imports";
import { route } from "@/lib/api/v1/route-handler";

export const POST = route(revertImportOperation);
