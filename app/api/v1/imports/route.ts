import { listImportsOperation } from "@/lib/api/v1/operations/look-at-imports";
import { route } from "@/lib/api/v1/route-handler";

export const GET = route(listImportsOperation);
