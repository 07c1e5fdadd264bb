import { getImportOperation } from "@/lib/api/v1/operations/look-at-imports";
import { uploadImport } from "@/lib/api/v1/operations/upload-import";
import { route } from "@/lib/api/v1/route-handler";

export const GET = route(getImportOperation);
/** The same place of the address says what kind the file is of. */
export const POST = route(uploadImport);
