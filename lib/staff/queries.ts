import { asc } from "drizzle-orm";
import { staff } from "@/db/schema";
import type { StaffRole, SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";

export interface StaffMember {
  email: string;
  name: string;
  role: StaffRole;
  disabled: boolean;
}

/** Everybody who may or could once sign in under /staff, by name. */
export async function listStaff(ctx: Context<SystemActor>): Promise<StaffMember[]> {
  return await inTransaction(ctx, async ({ db }) => {
    const rows = await db
      .select({
        email: staff.email,
        name: staff.name,
        role: staff.role,
        disabledAt: staff.disabledAt,
      })
      .from(staff)
      .orderBy(asc(staff.name));
    return rows.map(({ disabledAt, ...member }) => ({ ...member, disabled: disabledAt !== null }));
  });
}
