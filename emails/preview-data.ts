import type { Language } from "@/lib/i18n/languages";
import type { AccountMailTemplate } from "@/lib/mail/account-mails";
import { formatCents } from "@/lib/money";
import { formatDate, formatShortDate } from "@/lib/time";
import type { AccountMailProps } from "./parts/account-mail";
import type { BillMailProps, BillMailShape } from "./parts/bill-mail";
import type { MailBrand } from "./parts/content";

// Everyone and everything here is invented; codes have the right shape and belong to nobody.
const SITE = "https://sportello.example";

const BRAND: MailBrand = {
  name: "Energia Inventata",
  slug: "energia-inventata",
  accentColor: "#0b5a68",
  supportPhone: "800 000 000",
  replyTo: "assistenza@energia-inventata.example",
};

const ACCOUNT_PARAMS: Record<AccountMailTemplate, Record<string, string>> = {
  "confirm-account": { email: "nome.inventato@posta.example" },
  "no-match": {},
  "mandate-missing": { contractNumber: "LUC-0000042" },
  "account-exists": {},
  "contract-taken": { contractNumber: "LUC-0000042" },
  "account-deleted": { contractNumbers: "LUC-0000042, GAS-0000043" },
  "delivery-changed": { contractNumber: "LUC-0000042", mode: "electronic", fromBill: "2026-12-15" },
  "confirm-address": { contractNumber: "LUC-0000042" },
  "repair-address": {},
  "address-suspended": { email: "bollette.inventate@posta.example", reason: "hard_bounce" },
  "bill-withdrawn": {
    kind: "bill",
    billNumber: "E2026004217",
    contractNumber: "LUC-0000042",
    reason: "Lettura del contatore sbagliata",
  },
  "reset-password": {},
  "staff-password": {},
  "password-changed": {},
  "second-factor-changed": { change: "on" },
  "token-changed": { change: "created", purpose: "consumption" },
  "contract-added": { contractNumber: "LUC-0000042" },
  "contract-not-added": { why: "no_match" },
  "contract-held": { contractNumber: "LUC-0000042" },
  "release-started": { contractNumber: "LUC-0000042" },
  "contracts-released": { contractNumbers: "LUC-0000042, GAS-0000043" },
  "data-ready": {},
  "self-reading-accepted": {
    ...{
      contractNumber: "GAS-0000043",
      readOn: "2026-11-26",
      receiptCode: "AL-7Q3MX-R42KD",
      why: "",
    },
  },
  "self-reading-refused": {
    ...{ contractNumber: "GAS-0000043", readOn: "2026-11-26", receiptCode: "AL-7Q3MX-R42KD" },
    why: "implausible",
  },
  "case-received": {
    ...{ kind: "complaint", caseCode: "RE-7Q3MX-R42KD", account: "yes", receivedAt: "2026-11-28" },
    ...{
      dueOn: "2026-12-28",
      message: "La bolletta di ottobre conta due volte gli stessi giorni.",
    },
  },
  "case-answered": {
    ...{ kind: "complaint", caseCode: "RE-7Q3MX-R42KD", account: "yes", receivedAt: "2026-11-28" },
    ...{ dueOn: "2026-12-28", answer: "Hai ragione: la bolletta corretta arriva con la prossima." },
  },
  "unusual-consumption": {
    ...{ contractNumber: "ACQ-0000044", kind: "night_flow" },
    ...{ fromDay: "2026-11-18", toDay: "2026-11-21" },
    ...{ measured: "0,024", usual: "0,000", unit: "m³" },
  },
  "mandate-requested": { contractNumbers: "LUC-0000042, GAS-0000043" },
  "mandate-ending": {
    contractNumbers: "LUC-0000042, GAS-0000043",
    until: "2026-12-10",
    over: "no",
    fromBill: "2026-12-15",
  },
};

function previewPayment(kind: BillMailShape["kind"] | undefined): BillMailShape["payment"] {
  switch (kind) {
    case "credit_note":
      return "in_your_favour";
    case "notice":
      return "nothing";
    default:
      return "direct_debit";
  }
}

/** An invented bill's mail, for previews. */
export function billPreview(language: Language, over: Partial<BillMailShape> = {}): BillMailProps {
  return {
    shape: {
      language,
      brand: BRAND,
      kind: "bill",
      commodity: "electricity",
      payment: previewPayment(over.kind),
      showAmount: over.kind !== "notice",
      site: new URL(SITE).host,
      ...over,
    },
    facts: {
      holderName: "Nome Inventato",
      billNumber: "E2026004217",
      contractNumber: "LUC-0000042",
      supplyPoint: "IT001E00000000",
      supplyAddress: "Via che non c'è 7, 00100 Roma",
      amount: formatCents(8420, language),
      dueDate: formatDate("2026-12-28", language),
      period: `${formatShortDate("2026-11-01", language)} – ${formatShortDate("2026-11-30", language)}`,
      link: `${SITE}/bills/00000000-0000-7000-8000-000000000000`,
      mandateReference: "UMR-INVENTATO-0042",
      creditorId: "IT00ZZZ0000000000000000",
    },
  };
}

/** An invented mail about an account, for previews. */
export function accountPreview(
  template: AccountMailTemplate,
  language: Language,
  brand: MailBrand = BRAND,
): AccountMailProps {
  return { language, brand, params: ACCOUNT_PARAMS[template], link: `${SITE}/preview` };
}
