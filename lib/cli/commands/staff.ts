import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import type { Command } from "commander";
import { hashPassword, PASSWORD_MAX, PASSWORD_MIN } from "@/lib/auth/password";
import { RefusalError } from "@/lib/errors";
import { addStaff } from "@/lib/staff/commands";
import { listStaff } from "@/lib/staff/queries";
import { newStaffSchema } from "@/lib/staff/schema";
import { operate } from "../operator";
import { parseOptions } from "../options";

/** Adds `staff add|list`. */
export function addStaffCommands(program: Command): void {
  const group = program.command("staff").description("the people who sign in under /staff");
  group
    .command("list")
    .description("everybody with their role")
    .action(async (_options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const staff = await listStaff(ctx);
        answer(
          { staff },
          staff.length === 0
            ? ["Nobody yet; add somebody with: staff add"]
            : staff.map(
                ({ name, email, role, disabled }) =>
                  `${name} <${email}>: ${role}${disabled ? " (disabled)" : ""}`,
              ),
        );
      });
    });
  group
    .command("add")
    .description("let somebody sign in; without --password-stdin a password is made and shown once")
    .requiredOption("--email <address>", "their login")
    .requiredOption("--name <name>", "as colleagues know them")
    .requiredOption("--role <role>", "support, operator or admin")
    .option("--password-stdin", "read the password from standard input")
    .action(async (options: { passwordStdin?: boolean }, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const { passwordStdin, ...facts } = options;
        const member = parseOptions(newStaffSchema, facts);
        const password = passwordStdin
          ? await typedPassword()
          : randomBytes(15).toString("base64url");
        const added = await addStaff(ctx, {
          ...member,
          passwordHash: await hashPassword(password),
        });
        if (!added.ok) {
          throw new RefusalError(`Somebody with the e-mail ${member.email} is there already.`);
        }
        const shown = passwordStdin ? {} : { password };
        answer({ id: added.value.id, ...member, ...shown }, [
          `${member.name} can sign in under /staff as ${member.role}.`,
          ...(passwordStdin ? [] : [`The password, shown only now: ${password}`]),
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
