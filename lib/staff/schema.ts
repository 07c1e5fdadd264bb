import { z } from "zod";
import { STAFF_ROLES } from "@/db/schema";
import { emailSchema } from "@/lib/accounts/email";

/** Somebody of the utility who is to sign in under /staff; messages are for the command line. */
export const newStaffSchema = z.object({
  email: emailSchema,
  name: z.string().trim().min(1, "must not be empty").max(80),
  role: z.enum(STAFF_ROLES, `must be one of ${STAFF_ROLES.join(", ")}`),
});

/** The form of an invitation; its messages are keys of `errors`. */
export const invitationSchema = z.object({
  email: emailSchema,
  name: z
    .string()
    .trim()
    .min(1, "staffNameMissing")
    .max(80, "staffNameLong")
    .regex(/^\P{Cc}*$/u, "invalid"),
  role: z.enum(STAFF_ROLES, "invalid"),
});

export const staffMemberSchema = z.object({ staffId: z.uuid("invalid") });
export const roleSchema = staffMemberSchema.extend({ role: z.enum(STAFF_ROLES, "invalid") });

export type NewStaff = z.infer<typeof newStaffSchema>;

/** What the page of the people says was just done. */
export const STAFF_DEEDS = ["invited", "role", "disabled", "enabled", "link", "factor"] as const;
export const peoplePageSchema = z.object({
  did: z.enum(STAFF_DEEDS).optional().catch(undefined),
});
