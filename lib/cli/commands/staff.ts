import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { hashPassword, PASSWORD_MAX, PASSWORD_MIN } from "@/lib/auth/password";
import { env } from "@/lib/env";
import { RefusalError } from "@/lib/errors";
import { DEFAULT_LANGUAGE } from "@/lib/i18n/languages";
import { addStaff } from "@/lib/staff/commands/add-staff";
import { changeRole } from "@/lib/staff/commands/change-role";
import { disableStaff, enableStaff } from "@/lib/staff/commands/disable-staff";
import { forgetSecondFactor } from "@/lib/staff/commands/forget-second-factor";
import { inviteStaff } from "@/lib/staff/commands/invite-staff";
import { findStaffId, listStaff } from "@/lib/staff/queries";
import { STAFF_LINK_HOURS } from "@/lib/staff/rules";
import { newStaffSchema } from "@/lib/staff/schema";
import { type Operator, operate } from "../operator";
import { parseOptions } from "../options";

/** Adds `staff list|invite|add|role|disable|enable|forget-second-factor`. */
export function addStaffCommands(program: Command): void {
  const group = program.command("staff").description("the people who sign in under /staff");
  group
    .command("list")
    .description("everybody with their role, and whether they are invited, active or disabled")
    .action(async (_options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const staff = await listStaff(ctx);
        answer(
          { staff },
          staff.length === 0
            ? ["Nobody yet; invite somebody with: staff invite"]
            : staff.map(
                ({ name, email, role, state }) =>
                  `${name} <${email}>: ${role}${state === "active" ? "" : ` (${state})`}`,
              ),
        );
      });
    });
  addInvite(group);
  addAdd(group);
  person(group, "role", "give somebody another role")
    .requiredOption("--role <role>", "support, operator or admin")
    .action(async (options: Named & { role: string }, command: Command) => {
      await operate(command, async (operator) => {
        const given = parseOptions(newStaffSchema.pick({ email: true, role: true }), options);
        const staffId = await memberMeant(operator, given);
        await changeRole(operator.ctx, { staffId, role: given.role });
        operator.answer({ ...given }, [`${given.email} is ${given.role} now.`]);
      });
    });
  person(group, "disable", "shut somebody out at once").action(
    async (options: Named, command: Command) => {
      await operate(command, async (operator) => {
        await disableStaff(operator.ctx, { staffId: await memberMeant(operator, options) });
        operator.answer({ state: "disabled" }, ["Disabled, and all their sessions have ended."]);
      });
    },
  );
  person(group, "enable", "let somebody in again").action(
    async (options: Named, command: Command) => {
      await operate(command, async (operator) => {
        await enableStaff(operator.ctx, { staffId: await memberMeant(operator, options) });
        operator.answer({ state: "enabled" }, ["Enabled, with the password they had."]);
      });
    },
  );
  person(
    group,
    "forget-second-factor",
    "for a lost telephone: the next sign-in sets up another",
  ).action(async (options: Named, command: Command) => {
    await operate(command, async (operator) => {
      const done = await forgetSecondFactor(operator.ctx, {
        staffId: await memberMeant(operator, options),
      });
      if (!done.ok) {
        throw new RefusalError("There is no second factor to forget.");
      }
      operator.answer({ forgotten: true }, [
        "Forgotten, and all their sessions have ended: the next sign-in sets up another.",
      ]);
    });
  });
}

interface Named {
  email: string;
}

const person = (group: Command, name: string, description: string) =>
  group.command(name).description(description).requiredOption("--email <address>", "their login");

/** @throws {RefusalError} for an e-mail that is nobody's login */
async function memberMeant({ ctx }: Operator, options: Named): Promise<string> {
  const { email } = parseOptions(newStaffSchema.pick({ email: true }), options);
  const staffId = await findStaffId(ctx, email);
  if (!staffId) {
    throw new RefusalError(`Nobody has the e-mail ${email}; see: staff list`);
  }
  return staffId;
}

function addInvite(group: Command): void {
  person(group, "invite", "let somebody sign in, with a password they choose by a link")
    .requiredOption("--name <name>", "as colleagues know them")
    .requiredOption("--role <role>", "support, operator or admin")
    .option("--show-link", "show the link here instead of mailing it")
    .action(async (options: { showLink?: boolean }, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const { showLink = false, ...facts } = options;
        const member = parseOptions(newStaffSchema, facts);
        const invited = await inviteStaff(ctx, { ...member, showLink, language: DEFAULT_LANGUAGE });
        if (!invited.ok) {
          throw new RefusalError(
            invited.code === "email_taken"
              ? `Somebody with the e-mail ${member.email} is there already.`
              : "There is no company to send a mail for; add one with: company add, or use --show-link.",
          );
        }
        const { id, token } = invited.value;
        const link = token && `${env().APP_URL}/reset-password?token=${token}`;
        answer({ id, ...member, ...(link ? { link } : {}) }, [
          `${member.name} is invited as ${member.role}.`,
          link
            ? `The link, shown only now and good for ${STAFF_LINK_HOURS} hours: ${link}`
            : `A link to choose a password goes to ${member.email}.`,
        ]);
      });
    });
}

function addAdd(group: Command): void {
  person(group, "add", "let somebody sign in with a password that a script knows")
    .requiredOption("--name <name>", "as colleagues know them")
    .requiredOption("--role <role>", "support, operator or admin")
    .option("--password-stdin", "read the password from standard input")
    .action(async (options: { passwordStdin?: boolean }, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const { passwordStdin, ...facts } = options;
        const member = parseOptions(newStaffSchema, facts);
        if (!passwordStdin) {
          throw new RefusalError(
            "Give the password with --password-stdin, or let them choose it: staff invite",
          );
        }
        const passwordHash = await hashPassword(await typedPassword());
        const added = await addStaff(ctx, { ...member, passwordHash });
        if (!added.ok) {
          throw new RefusalError(`Somebody with the e-mail ${member.email} is there already.`);
        }
        answer({ id: added.value.id, ...member }, [
          `${member.name} can sign in under /staff as ${member.role}.`,
        ]);
      });
    });
}

/** Never as an argument: other users of the machine see those. */
async function typedPassword(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
    throw new RefusalError(`The password must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`);
  }
  return password;
}
