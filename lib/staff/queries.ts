import { eq, type SQL, sql } from "drizzle-orm";
import { staff } from "@/db/schema";
import type { StaffRole } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { NotFoundError } from "@/lib/errors";
import { assertMayManageStaff, type StaffManager, type StaffState, staffState } from "./rules";

export interface StaffMember {
  id: string;
  email: string;
  name: string;
  role: StaffRole;
  state: StaffState;
  secondFactor: boolean;
}

/**
 * Everybody who may, could once, or will sign in under /staff, by name.
 * @throws {ForbiddenError} for staff who are no admins
 */
export async function listStaff(ctx: Context<StaffManager>): Promise<StaffMember[]> {
  assertMayManageStaff(ctx.actor);
  return await inTransaction(ctx, async ({ db, actor }) => {
    const rows = await db.execute<
      Omit<StaffMember, "state"> & { disabled: boolean; hasPassword: boolean } & Record<
          string,
          unknown
        >
    >(sql`
      select s.id, s.email, s.name, s.role, s.disabled_at is not null as disabled,
        known.has_password as "hasPassword", known.has_second_factor as "secondFactor"
      from staff s cross join lateral (${credentials(actor)}) known
      order by s.name, s.id`);
    return rows.map(({ disabled, hasPassword, ...member }) => ({
      ...member,
      state: staffState({ disabled, hasPassword }),
    }));
  });
}

/** The web role reads no hash and no secret: a function of the owner's tells it whether they are there. */
const credentials = (actor: StaffManager): SQL =>
  actor.kind === "staff"
    ? sql`select * from staff_credentials(s.id)`
    : sql`select s.password_hash is not null as has_password, exists (
        select from second_factors f where f.staff_id = s.id and f.confirmed_at is not null
      ) as has_second_factor`;

/** Who has this login; null for nobody. The command line names people by it. */
export async function findStaffId(
  ctx: Context<StaffManager>,
  email: string,
): Promise<string | null> {
  assertMayManageStaff(ctx.actor);
  return await inTransaction(ctx, async ({ db }) => {
    const [member] = await db.select({ id: staff.id }).from(staff).where(eq(staff.email, email));
    return member?.id ?? null;
  });
}

/**
 * A colleague in the caller's transaction, while nobody else changes anybody: two admins who disable each
 * other at once do so one after the other, and the second finds that they may not any more.
 * @throws {NotFoundError} if there is none
 */
export async function holdMember({ db }: TxContext<StaffManager>, staffId: string) {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended('manage staff', 0))`);
  const [member] = await db
    .select({ email: staff.email, role: staff.role, disabledAt: staff.disabledAt })
    .from(staff)
    .where(eq(staff.id, staffId));
  if (!member) {
    throw new NotFoundError("staff");
  }
  return member;
}
