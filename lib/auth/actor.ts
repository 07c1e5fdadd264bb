import type { Language } from "@/lib/i18n/languages";

export type StaffRole = "support" | "operator" | "admin";

export interface CustomerActor {
  kind: "customer";
  accountId: string;
  holderId: string;
  sessionId: string;
  email: string;
  language: Language;
}

export interface StaffActor {
  kind: "staff";
  staffId: string;
  sessionId: string;
  role: StaffRole;
  name: string;
  email: string;
}

/** A person who has not signed in; with a mailed token, whatever that token stands for. */
export interface VisitorActor {
  kind: "visitor";
  /** SHA-256 of the token, hexadecimal. */
  tokenHash?: string;
}

/** The worker, the command line or a webhook; `name` says which, for the audit log. */
export interface SystemActor {
  kind: "system";
  name: string;
}

export type Actor = CustomerActor | StaffActor | VisitorActor | SystemActor;

/** Who the audit log and records name: ids, never an e-mail. */
export function actorId(actor: Actor): string | null {
  switch (actor.kind) {
    case "customer":
      return actor.accountId;
    case "staff":
      return actor.staffId;
    case "system":
      return actor.name;
    case "visitor":
      return null;
  }
}

/** A person's login as the audit log names it: their account, or them as staff. */
export function loginOf(actor: CustomerActor | StaffActor) {
  return actor.kind === "customer"
    ? { subjectKind: "account", subjectId: actor.accountId }
    : { subjectKind: "staff", subjectId: actor.staffId };
}

/** The columns that say whose a row is. */
export function ownerOf(actor: CustomerActor | StaffActor) {
  return actor.kind === "customer"
    ? { accountId: actor.accountId, staffId: null }
    : { accountId: null, staffId: actor.staffId };
}
