import { cache } from "react";
import { requireStaff } from "@/lib/auth/current";
import { findRunSheet } from "@/lib/runs/queries/run-sheet";

/** The run that a page's address names, read once per request; null if the company has none such. */
export const loadRun = cache(async (company: string, run: string) => {
  const ctx = await requireStaff();
  return await findRunSheet(ctx, { company, run });
});
