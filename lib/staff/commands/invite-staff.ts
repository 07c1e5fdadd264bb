import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { companies, tokens } from "@/db/schema";
import { recordAudit } from "@/lib/audit/commands";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { hashToken, mailToken } from "@/lib/auth/token";
import { fail, ok, type Result } from "@/lib/errors";
import type { Language } from "@/lib/i18n/languages";
import { assertMayManageStaff, STAFF_LINK_HOURS, type StaffManager } from "../rules";
import type { NewStaff } from "../schema";
import { askForStaffLink } from "./send-staff-link";

export interface Invitation extends NewStaff {
  /** Of the mail. */
  language: Language;
  /** At the shell alone, the link is shown instead of mailed. */
  showLink?: boolean;
}

/**
 * Lets a person sign in under /staff with a role, once they have chosen a password by a link that is mailed to
 * them: nobody sets one for another. At the shell the link's token can be returned instead. Audited (R30).
 * @throws {ForbiddenError} for staff who are no admins
 */
export async function inviteStaff(
  ctx: Context<StaffManager>,
  { language, showLink = false, ...person }: Invitation,
): Promise<Result<{ id: string; token: string | null }, "email_taken" | "no_company">> {
  return await inTransaction(ctx, async (tx) => {
    assertMayManageStaff(tx.actor);
    const shown = showLink && tx.actor.kind === "system";
    // A mail is sent in a company's name.
    if (!shown && (await tx.db.$count(companies)) === 0) {
      return fail("no_company");
    }
    const id = uuidv7();
    // The web role may write these columns alone.
    const added = await tx.db.execute(sql`
      insert into staff (id, email, name, role) values (${id}, ${person.email}, ${person.name}, ${person.role})
      on conflict do nothing returning id`);
    if (added.length === 0) {
      return fail("email_taken");
    }
    await recordAudit(tx, {
      action: "invited_staff",
      subjectKind: "staff",
      subjectId: id,
      detail: { role: person.role, link: shown ? "shown" : "mailed" },
    });
    if (shown) {
      return ok({ id, token: await newStaffToken(tx, id) });
    }
    await askForStaffLink(tx, { email: person.email, language });
    return ok({ id, token: null });
  });
}

/** The secret that a mail would carry, of no mail. */
async function newStaffToken({ db }: TxContext<StaffManager>, staffId: string): Promise<string> {
  const token = mailToken(uuidv7());
  await db.insert(tokens).values({
    purpose: "staff_password",
    tokenHash: hashToken(token),
    staffId,
    expiresAt: sql`clock_timestamp() + make_interval(hours => ${STAFF_LINK_HOURS})`,
  });
  return token;
}
