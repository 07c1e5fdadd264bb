import { and, asc, eq } from "drizzle-orm";
import {
  accounts,
  companies,
  contractLinks,
  contracts,
  holders,
  staff,
  supportCases,
} from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { newReceiptCode } from "@/lib/auth/token";

type NewCase = typeof supportCases.$inferInsert;

const DAY_MS = 86_400_000;

/**
 * What some people wrote before the demo begins: complaints that are overdue, pressing and answered, and a
 * question. Nothing is mailed of them.
 */
export async function seedCases({ db }: TxContext<SystemActor>, now: Date): Promise<void> {
  const [company] = await db
    .select({ id: companies.id })
    .from(companies)
    .orderBy(asc(companies.id));
  const [colleague] = await db
    .select({ id: staff.id })
    .from(staff)
    .where(eq(staff.role, "support"));
  const [own] = await db
    .select({
      accountId: accounts.id,
      email: accounts.email,
      language: accounts.language,
      contractId: contracts.id,
      companyId: contracts.companyId,
      commodity: contracts.commodity,
      name: holders.name,
    })
    .from(accounts)
    .innerJoin(contractLinks, eq(contractLinks.accountId, accounts.id))
    .innerJoin(
      contracts,
      and(
        eq(contracts.companyId, contractLinks.companyId),
        eq(contracts.id, contractLinks.contractId),
      ),
    )
    .innerJoin(holders, eq(holders.id, contracts.holderId))
    .orderBy(asc(accounts.createdAt), asc(accounts.email), asc(contracts.contractNumber));
  if (!company || !colleague || !own) {
    return;
  }
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const stranger = { companyId: company.id, language: "it", commodity: "electricity" } as const;
  const rows: Omit<NewCase, "caseCode">[] = [
    {
      ...{ ...stranger, kind: "complaint", receivedAt: ago(33) },
      ...{ name: "Rosa Bianchetti", postalAddress: "Via delle Ortensie 4, 00000 Valfiorita" },
      message:
        "La bolletta di settembre è stimata, ma il contatore si legge a distanza.\nChiedo la correzione.",
    },
    {
      ...{ ...own, kind: "complaint", receivedAt: ago(25) },
      message: "Il tecnico non si è presentato all'appuntamento e nessuno mi ha avvisato.",
    },
    {
      ...{ ...stranger, kind: "complaint", receivedAt: ago(40), name: "Ugo Prati" },
      email: "ugo.prati@posta.example",
      message: "Ho pagato due volte la stessa bolletta e non vedo il rimborso.",
      answer: "Il secondo pagamento è stato rimborsato ieri sul conto da cui è partito.",
      ...{ answeredAt: ago(28), answeredBy: colleague.id },
    },
    {
      ...{ ...stranger, commodity: null, kind: "question", topic: "bills", receivedAt: ago(2) },
      ...{ name: "Lia Fonte", email: "lia.fonte@posta.example" },
      message: "Posso pagare una bolletta in più rate?",
    },
  ];
  await db.insert(supportCases).values(
    rows.map((row) => ({
      ...row,
      caseCode: newReceiptCode(row.kind === "complaint" ? "RE" : "DO"),
    })),
  );
}
