import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import type { World } from "../authorisation/world";
import { readDemoFile } from "../mailbox";

/** Whoever looks at a page. `empty` has an account and nothing in it; `half` has shown a password and no code yet. */
export type Visitor =
  | "anonymous"
  | "owner"
  | "empty"
  | "half"
  | "enrolling"
  | "support"
  | "operator"
  | "admin";

/** The value of each visitor's session cookie; empty for who has none. */
export type Sessions = Record<Visitor, string>;

const sha256 = (text: string) => createHash("sha256").update(text).digest();
const newSecret = () => randomBytes(32).toString("base64url");

/** Opens a session for each, past the forms: how one signs in is tried elsewhere. */
export async function openSessions(sql: Sql, world: World): Promise<Sessions> {
  const open = async (
    who: { account?: string; staff?: string },
    awaiting: "code" | "enrolment" | null = null,
  ) => {
    const secret = newSecret();
    await sql`insert into sessions (token_hash, account_id, staff_id, awaiting, expires_at)
      values (${sha256(secret)}, ${who.account ?? null}, ${who.staff ?? null}, ${awaiting},
        now() + interval '8 hours')`;
    return secret;
  };
  const staff = async (role: string) => {
    const { email } = readDemoFile().staff.find((one) => one.role === role) ?? { email: "" };
    const [row] = await sql`select id from staff where email = ${email}`;
    return String(row?.id);
  };
  const short = `vuota-${randomUUID().slice(0, 8)}`;
  const [holder] = await sql`insert into holders (tax_id, name)
    values (${short}, 'Prova Vuota') returning id`;
  const [empty] = await sql`insert into accounts (holder_id, email, language, password_hash)
    values (${holder?.id}, ${`${short}@posta.example`}, 'it', '$argon2id$none') returning id`;
  return {
    anonymous: "",
    owner: await open({ account: world.accountId }),
    empty: await open({ account: empty?.id }),
    half: await open({ staff: await staff("operator") }, "code"),
    enrolling: await open({ staff: world.staffId }, "enrolment"),
    support: await open({ staff: await staff("support") }),
    operator: await open({ staff: await staff("operator") }),
    admin: await open({ staff: await staff("admin") }),
  };
}

/** What pages are looked at with: the matrix of who may do what has made it, and links as mails carry them. */
export interface PageWorld extends World {
  contractNumber: string;
  confirmToken: string;
  resetToken: string;
}

export async function withLinks(sql: Sql, world: World): Promise<PageWorld> {
  const confirmToken = newSecret();
  const resetToken = newSecret();
  await sql`insert into tokens (purpose, token_hash, attempt_id, expires_at)
    values ('confirm_account', ${sha256(confirmToken)}, ${world.attemptId}, now() + interval '1 day')`;
  await sql`insert into tokens (purpose, token_hash, account_id, expires_at)
    values ('reset_password', ${sha256(resetToken)}, ${world.spareAccountId}, now() + interval '1 day')`;
  const [contract] =
    await sql`select contract_number from contracts where id = ${world.contractId}`;
  return { ...world, confirmToken, resetToken, contractNumber: contract?.contract_number };
}
