import { type ActorName, type ByKind, forActor } from "./actors";
import type { World } from "./world";

/** What a route says to somebody: itself, the way to sign in, that there is no such thing, or a refusal in words. */
export type RouteAnswer = "ok" | "login" | "staff login" | "not found" | "words";

export interface RouteRow {
  at: (world: World) => string;
  /** A file is the same however it is asked for; a page has a payload for the browser's router. */
  kind: "page" | "file";
  /** Holds what is the owner's: their own answer is looked at for it. */
  ofOwner: boolean;
  answer: (actor: ActorName) => RouteAnswer;
}

type Address = string | ((world: World) => string);

const row = (
  at: Address,
  answers: ByKind<RouteAnswer>,
  over: Partial<Pick<RouteRow, "kind" | "ofOwner">> = {},
): RouteRow => ({
  at: typeof at === "string" ? () => at : at,
  kind: "page",
  ofOwner: false,
  ...over,
  answer: (actor) => forActor(answers, actor),
});

const same = <T>(answer: T): ByKind<T> => ({
  stranger: answer,
  owner: answer,
  other: answer,
  support: answer,
  operator: answer,
  admin: answer,
});

const CUSTOMER = { ...same<RouteAnswer>("login"), owner: "ok", other: "ok" } as const;
const STAFF = {
  ...same<RouteAnswer>("ok"),
  stranger: "staff login",
  owner: "staff login",
  other: "staff login",
} as const;

/** For everybody. */
const open = (at: Address) => row(at, same<RouteAnswer>("ok"));
/** Each customer's own. */
const customers = (at: Address) => row(at, CUSTOMER);
/** One customer's, and for another not there. */
const owners = (at: Address, kind: RouteRow["kind"] = "page") =>
  row(at, { ...CUSTOMER, other: "not found" }, { ofOwner: kind === "page", kind });
/** Every role's. */
const staff = (at: Address, kind: RouteRow["kind"] = "page") => row(at, STAFF, { kind });
/** A file that support may not have. */
const operators = (at: Address) => row(at, { ...STAFF, support: "words" }, { kind: "file" });
/** A machine's: what it says to everybody without the machine's secret. */
const machine = (at: Address, answer: RouteAnswer) => row(at, same(answer), { kind: "file" });

const run = (end: string) => (world: World) => `/staff/runs/${world.company}/${world.run}${end}`;

const apiRun = (end: string) => (world: World) =>
  `/api/v1/runs/${world.company}/${world.run}${end}`;

/** Every route of the build. One that is missing here fails, and so does one that is no more. */
export const ROUTES: Record<string, RouteRow> = {
  "/[locale]": open("/"),
  "/[locale]/accessibility": open("/accessibility"),
  "/[locale]/account-deleted": open("/account-deleted"),
  "/[locale]/complaints": open("/complaints"),
  "/[locale]/confirm": open("/confirm?token=none"),
  "/[locale]/confirm-address": open("/confirm-address?token=none"),
  "/[locale]/contact": open("/contact"),
  "/[locale]/direct-debit/[company]": open((world) => `/direct-debit/${world.company}`),
  "/[locale]/direct-debit/[company]/form": machine(
    (world) => `/direct-debit/${world.company}/form`,
    "ok",
  ),
  "/[locale]/manifest.webmanifest": machine("/manifest.webmanifest", "ok"),
  "/[locale]/help": open("/help"),
  "/[locale]/login": open("/login"),
  // Nobody here has shown a password and not yet a code.
  "/[locale]/login/code": row("/login/code", same<RouteAnswer>("login")),
  "/[locale]/forgot-password": open("/forgot-password"),
  "/[locale]/privacy": open("/privacy"),
  // The owner's complaint: in no other browser than theirs was it sent without signing in.
  "/[locale]/receipt/[id]": owners((world) => `/receipt/${world.caseId}`),
  "/[locale]/receipt/[id]/copy": owners((world) => `/receipt/${world.caseId}/copy`, "file"),
  "/[locale]/reset-password": open("/reset-password?token=none"),
  "/[locale]/sample-bill/[company]": open((world) => `/sample-bill/${world.company}`),
  "/[locale]/start/[company]": open((world) => `/start/${world.company}`),
  "/[locale]/signup": open("/signup"),
  "/[locale]/signup/sent": open("/signup/sent"),
  "/[locale]/[...rest]": row("/no-such-page", same<RouteAnswer>("not found")),

  "/[locale]/bills": customers("/bills"),
  "/[locale]/bills/list.csv": row("/bills/list.csv", CUSTOMER, { kind: "file" }),
  "/[locale]/bills/pdfs.zip": row("/bills/pdfs.zip", CUSTOMER, { kind: "file" }),
  "/[locale]/bills/[id]": owners((world) => `/bills/${world.billId}`),
  "/[locale]/bills/[id]/delivery": owners((world) => `/bills/${world.billId}/delivery`),
  "/[locale]/bills/[id]/pdf": owners((world) => `/bills/${world.pdfBillId}/pdf`, "file"),
  "/[locale]/consumption": owners((world) => `/consumption?contract=${world.contractId}`),
  "/[locale]/consumption/export": owners(
    (world) => `/consumption/export?contract=${world.contractId}`,
  ),
  "/[locale]/consumption/export/file": owners(
    (world) =>
      `/consumption/export/file?contract=${world.contractId}&from=2026-01-01&to=2026-01-31&format=csv`,
    "file",
  ),
  "/[locale]/consumption/self-reading": owners(
    (world) => `/consumption/self-reading?contract=${world.contractId}`,
  ),
  "/[locale]/consumption/self-reading/[code]": owners(
    (world) => `/consumption/self-reading/${world.receiptCode}`,
  ),
  "/[locale]/consumption/self-reading/[code]/photo": owners(
    (world) => `/consumption/self-reading/${world.receiptCode}/photo`,
    "file",
  ),
  "/[locale]/consumption/statistics": owners(
    (world) => `/consumption/statistics?contract=${world.contractId}`,
  ),
  "/[locale]/contracts": customers("/contracts"),
  "/[locale]/contracts/add": customers("/contracts/add"),
  "/[locale]/contracts/[id]/remove": owners((world) => `/contracts/${world.contractId}/remove`),
  "/[locale]/contracts/[id]": owners((world) => `/contracts/${world.contractId}`),
  "/[locale]/delivery": customers("/delivery"),
  "/[locale]/notifications": customers("/notifications"),
  "/[locale]/notifications/[...key]": owners((world) => `/notifications/${world.mailKey}`),
  "/[locale]/notifications/html/[...key]": owners(
    (world) => `/notifications/html/${world.mailKey}`,
    "file",
  ),
  "/[locale]/overview": customers("/overview"),
  "/[locale]/profile": customers("/profile"),
  "/[locale]/profile/access": customers("/profile/access"),
  "/[locale]/profile/access/second-factor": customers("/profile/access/second-factor"),
  "/[locale]/profile/tokens": customers("/profile/tokens"),
  "/[locale]/profile/data": customers("/profile/data"),
  "/[locale]/profile/data/[id]": owners((world) => `/profile/data/${world.ownDataId}`, "file"),

  "/[locale]/staff": staff("/staff"),
  "/[locale]/staff/accounts/[accountId]": staff((world) => `/staff/accounts/${world.accountId}`),
  "/[locale]/staff/attempts": staff("/staff/attempts"),
  "/[locale]/staff/complaints": staff("/staff/complaints"),
  "/[locale]/staff/complaints/[id]": staff((world) => `/staff/complaints/${world.caseId}`),
  // It has no answer yet.
  "/[locale]/staff/complaints/[id]/letter": row(
    (world) => `/staff/complaints/${world.caseId}/letter`,
    { ...STAFF, support: "not found", operator: "not found", admin: "not found" },
    { kind: "file" },
  ),
  "/[locale]/staff/forgot-password": open("/staff/forgot-password"),
  // In words for all but admins.
  "/[locale]/staff/people": staff("/staff/people"),
  "/[locale]/staff/operations": staff("/staff/operations"),
  "/[locale]/staff/profile": staff("/staff/profile"),
  "/[locale]/staff/releases": staff("/staff/releases"),
  "/[locale]/staff/releases/[id]": staff((world) => `/staff/releases/${world.releaseId}`),
  // For whoever began it: the operator.
  "/[locale]/staff/releases/[id]/letter": row(
    (world) => `/staff/releases/${world.releaseId}/letter`,
    { ...STAFF, support: "words", admin: "words" },
    { kind: "file" },
  ),
  "/[locale]/staff/second-factor": staff("/staff/second-factor"),
  "/[locale]/staff/bills/[id]": staff((world) => `/staff/bills/${world.billId}`),
  "/[locale]/staff/delivery": staff("/staff/delivery"),
  "/[locale]/staff/design": staff("/staff/design"),
  "/[locale]/staff/emails": staff("/staff/emails"),
  "/[locale]/staff/emails/[template]": staff("/staff/emails/new-bill", "file"),
  "/[locale]/staff/login": open("/staff/login"),
  "/[locale]/staff/mail-room": staff("/staff/mail-room"),
  "/[locale]/staff/mail-room/[company]/[export]": operators(
    (world) => `/staff/mail-room/${world.company}/${world.exportId}`,
  ),
  "/[locale]/staff/mandate-requests": staff("/staff/mandate-requests"),
  "/[locale]/staff/notifications/[...key]": staff(
    (world) => `/staff/notifications/${world.mailKey}`,
  ),
  "/[locale]/staff/notifications/html/[...key]": staff(
    (world) => `/staff/notifications/html/${world.mailKey}`,
    "file",
  ),
  "/[locale]/staff/self-readings": staff("/staff/self-readings"),
  "/[locale]/staff/self-readings/[code]": staff(
    (world) => `/staff/self-readings/${world.receiptCode}`,
  ),
  "/[locale]/staff/self-readings/[code]/photo": staff(
    (world) => `/staff/self-readings/${world.receiptCode}/photo`,
    "file",
  ),
  // In words for support.
  "/[locale]/staff/imports": staff("/staff/imports"),
  "/[locale]/staff/imports/[id]": row((world) => `/staff/imports/${world.importId}`, STAFF),
  "/[locale]/staff/imports/[id]/errors.csv": operators(
    (world) => `/staff/imports/${world.importId}/errors.csv`,
  ),
  // Takes what is posted; what it says to whom is in tests/integration/direct-uploads.test.ts.
  "/[locale]/staff/imports/direct-upload": row(
    "/staff/imports/direct-upload",
    same<RouteAnswer>("not found"),
    { kind: "file" },
  ),
  // Takes what is posted; what it says to whom is in tests/integration/import-records.test.ts.
  "/[locale]/staff/imports/upload": row("/staff/imports/upload", same<RouteAnswer>("not found"), {
    kind: "file",
  }),
  "/[locale]/staff/runs": staff("/staff/runs"),
  "/[locale]/staff/runs/[company]/[run]": staff(run("")),
  "/[locale]/staff/runs/[company]/[run]/bills": staff(run("/bills")),
  "/[locale]/staff/runs/[company]/[run]/differences.csv": operators(run("/differences.csv")),
  "/[locale]/staff/runs/[company]/[run]/plan": staff(run("/plan")),
  "/[locale]/staff/runs/[company]/[run]/plan.csv": operators(run("/plan.csv")),
  "/[locale]/staff/runs/[company]/[run]/print-list.csv": operators(run("/print-list.csv")),
  "/[locale]/staff/runs/[company]/[run]/reconciliation": staff(run("/reconciliation")),
  "/[locale]/staff/runs/[company]/[run]/reconciliation.csv": operators(run("/reconciliation.csv")),
  "/[locale]/staff/runs/[company]/[run]/withdrawals": staff(run("/withdrawals")),
  "/[locale]/staff/search": staff("/staff/search"),
  "/[locale]/staff/undelivered": staff("/staff/undelivered"),

  "/_global-error": row("/_global-error", same<RouteAnswer>("not found")),
  "/_not-found": row("/_not-found", same<RouteAnswer>("not found")),
  "/api/cron/tick": machine("/api/cron/tick", "words"),
  // The operator's machines show a key; what only takes posts says so (405).
  "/api/customer/v1": machine("/api/customer/v1", "ok"),
  "/api/customer/v1/calendar/[file]": machine("/api/customer/v1/calendar/none.ics", "not found"),
  "/api/customer/v1/consumption": machine("/api/customer/v1/consumption", "words"),
  "/api/customer/v1/contracts": machine("/api/customer/v1/contracts", "words"),
  "/api/customer/v1/openapi.json": machine("/api/customer/v1/openapi.json", "ok"),
  "/api/v1": machine("/api/v1", "ok"),
  "/api/v1/documents": machine("/api/v1/documents", "words"),
  "/api/v1/imports": machine("/api/v1/imports", "words"),
  "/api/v1/imports/[import]": machine("/api/v1/imports/none", "words"),
  "/api/v1/imports/[import]/apply": machine("/api/v1/imports/none/apply", "words"),
  "/api/v1/imports/[import]/cancel": machine("/api/v1/imports/none/cancel", "words"),
  "/api/v1/imports/[import]/errors": machine("/api/v1/imports/none/errors", "words"),
  "/api/v1/imports/[import]/revert": machine("/api/v1/imports/none/revert", "words"),
  "/api/v1/openapi.json": machine("/api/v1/openapi.json", "ok"),
  "/api/v1/uploads": machine("/api/v1/uploads", "words"),
  "/api/v1/runs": machine("/api/v1/runs", "words"),
  "/api/v1/runs/[company]/[run]": machine(apiRun(""), "words"),
  "/api/v1/runs/[company]/[run]/approve": machine(apiRun("/approve"), "words"),
  "/api/v1/runs/[company]/[run]/close": machine(apiRun("/close"), "words"),
  "/api/v1/runs/[company]/[run]/freeze": machine(apiRun("/freeze"), "words"),
  "/api/v1/runs/[company]/[run]/plan": machine(apiRun("/plan"), "words"),
  "/api/v1/runs/[company]/[run]/publish": machine(apiRun("/publish"), "words"),
  // The provider posts; asked otherwise it says so (405).
  "/api/webhooks/resend": machine("/api/webhooks/resend", "words"),
  "/healthz": machine("/healthz", "ok"),
  "/icon.svg": machine("/icon.svg", "ok"),
  "/robots.txt": machine("/robots.txt", "ok"),
  "/sitemap.xml": machine("/sitemap.xml", "ok"),
  "/readyz": machine("/readyz", "ok"),
};
