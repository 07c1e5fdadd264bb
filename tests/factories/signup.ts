import { v7 as uuidv7 } from "uuid";
import type { Transaction } from "@/db/client";
import type { contracts, documents, mandates } from "@/db/schema";
import { accountMails, signupAttempts, tokens } from "@/db/schema";
import { signupSchema } from "@/lib/accounts/schema";
import { codiceFiscaleCheckLetter } from "@/lib/accounts/tax-id";
import { hashToken, mailToken } from "@/lib/auth/token";
import { makeCompany, makeContract, makeDocument, makeHolder, makeMandate, must } from "./people";

let serial = 0;

/** A valid tax id that no other test of this process has. */
export function freshTaxId(): string {
  serial += 1;
  // Beyond 999 another name.
  const letter = String.fromCharCode(65 + Math.floor(serial / 1000));
  const first15 = `PRVPR${letter}80A01H${String(serial % 1000).padStart(3, "0")}`;
  return first15 + codiceFiscaleCheckLetter(first15);
}

export const PASSWORD = "quattro gatti sul tetto";

interface Over {
  company?: Awaited<ReturnType<typeof makeCompany>>;
  contract?: Partial<typeof contracts.$inferInsert>;
  document?: Partial<typeof documents.$inferInsert>;
  mandate?: Partial<typeof mandates.$inferInsert> | null;
  vatNumber?: string;
}

/** A holder with a contract, a mandate and a recent bill, who has no account yet. */
export async function makeUnregistered(db: Transaction, over: Over = {}) {
  const company = over.company ?? (await makeCompany(db));
  const holder = await makeHolder(db, { taxId: freshTaxId(), vatNumber: over.vatNumber });
  const own = { companyId: company.id, holderId: holder.id };
  const contract = await makeContract(db, { ...own, ...over.contract });
  const of = { companyId: company.id, contractId: contract.id };
  const mandate =
    over.mandate === null ? null : await makeMandate(db, { ...own, ...of, ...over.mandate });
  const bill = await makeDocument(db, { ...own, ...of, ...over.document });
  const typed = {
    company: company.slug,
    taxId: holder.taxId,
    customerCode: contract.customerCode,
    billNumber: bill.billNumber,
    email: `nuova-${uuidv7()}@posta.example`,
    password: PASSWORD,
  };
  return { company, holder, contract, mandate, bill, typed, input: signupInput(typed) };
}

/** What the form's schema makes of what was typed, and from where. */
export function signupInput(typed: Record<string, string>) {
  return { ...signupSchema.parse(typed), language: "it" as const, ip: "192.0.2.1" };
}

/** A registration that was matched, as the job leaves it, and the secret its mail carries. */
export async function makeMatchedAttempt(
  db: Transaction,
  { company, holder, contract, typed }: Awaited<ReturnType<typeof makeUnregistered>>,
  over: Partial<typeof signupAttempts.$inferInsert> & { expiresAt?: Date } = {},
) {
  const { expiresAt = new Date(Date.now() + 3_600_000), ...attemptOver } = over;
  const [attempt] = await db
    .insert(signupAttempts)
    .values({
      companyId: company.id,
      taxId: holder.taxId,
      customerCode: contract.customerCode,
      billNumber: typed.billNumber,
      email: typed.email,
      passwordHash: "$argon2id$no-password",
      language: "it",
      outcome: "confirm",
      contractId: contract.id,
      ...attemptOver,
    })
    .returning();
  const mailId = uuidv7();
  const token = mailToken(mailId);
  await db.insert(tokens).values({
    purpose: "confirm_account",
    tokenHash: hashToken(token),
    attemptId: must(attempt).id,
    expiresAt,
  });
  await db.insert(accountMails).values({
    id: mailId,
    template: "confirm-account",
    companyId: company.id,
    toEmail: typed.email,
    language: "it",
    params: { email: typed.email },
    state: "sent",
  });
  const actor = { kind: "visitor" as const, tokenHash: hashToken(token).toString("hex") };
  return { attempt: must(attempt), token, actor };
}
