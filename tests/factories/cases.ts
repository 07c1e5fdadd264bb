import type { z } from "zod";
import type { Transaction } from "@/db/client";
import { type companies, supportCases } from "@/db/schema";
import { newReceiptCode } from "@/lib/auth/token";
import type { caseSchema } from "@/lib/support/schema";
import { must } from "./people";

type Insert = typeof supportCases.$inferInsert;

/** A complaint of somebody without an account; a question where `over` says so. */
export async function makeCase(
  db: Transaction,
  company: Pick<typeof companies.$inferSelect, "id">,
  over: Partial<Insert> = {},
) {
  const kind = over.kind ?? "complaint";
  const [made] = await db
    .insert(supportCases)
    .values({
      ...{ companyId: company.id, kind, caseCode: newReceiptCode("RE"), language: "it" },
      ...{ name: "Prova Persona", email: "reclamo@posta.example" },
      ...(kind === "complaint"
        ? { commodity: "electricity" as const }
        : { topic: "other" as const }),
      message: "La bolletta conta due volte gli stessi giorni.",
      ...over,
    })
    .returning();
  return must(made);
}

/** What the public form of a complaint sends, parsed. */
export const complaintInput = (
  company: string,
  over: Partial<z.output<typeof caseSchema>> = {},
) => ({
  ...{ company, kind: "complaint" as const, commodity: "electricity" as const },
  ...{ name: "Prova Persona", email: "reclamo@posta.example" },
  message: "La bolletta conta due volte gli stessi giorni.",
  ...{ language: "it" as const, ip: "203.0.113.7" },
  ...over,
});
