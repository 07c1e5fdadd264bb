import type { Operation } from "./operation";
import {
  applyImport,
  cancelImportOperation,
  revertImportOperation,
} from "./operations/decide-imports";
import {
  getImportOperation,
  listImportErrors,
  listImportsOperation,
} from "./operations/look-at-imports";
import { getRunOperation, getRunPlan, listRunsOperation } from "./operations/look-at-runs";
import {
  approveRunOperation,
  closeRunOperation,
  freezeRunOperation,
  publishRunOperation,
} from "./operations/move-runs";
import { offerUploadOperation } from "./operations/offer-upload";
import { uploadDocuments } from "./operations/upload-documents";
import { uploadImport } from "./operations/upload-import";

/** Everything that can be asked of the API, as its document lists it. */
export const OPERATIONS: readonly Operation[] = [
  uploadImport,
  uploadDocuments,
  offerUploadOperation,
  listImportsOperation,
  getImportOperation,
  listImportErrors,
  applyImport,
  cancelImportOperation,
  revertImportOperation,
  listRunsOperation,
  getRunOperation,
  getRunPlan,
  freezeRunOperation,
  publishRunOperation,
  approveRunOperation,
  closeRunOperation,
];
