import { lastErrorLines, log } from "@/lib/log";
import { adoptConsole, tellRequestError } from "@/lib/log-console";
import { underIds } from "@/lib/log-context";

/**
 * Logs each text it is given in every way that an error may bring it along; a process of its own, since what
 * counts is what is written.
 */
const secrets = JSON.parse(process.argv[2] ?? "[]") as string[];

adoptConsole();
underIds(
  { request: "0199a1b2-c3d4-7e5f-8a6b-000000000001", run: "0199a1b2-c3d4-7e5f-8a6b-000000000002" },
  () => {
    for (const secret of secrets) {
      const err = new Error(`no such thing: ${secret}, says "${secret}"`, {
        cause: new Error(`because of ${secret}`),
      });
      log.error({ err, reference: "ab12cd34" }, "a test failed");
      log.warn({ deep: { er: [secret, { [secret]: secret }] } }, `about ${secret}.`);
      log.info({ email: secret, of: { to: secret, password: "x", token: "x" } }, "fields");
      tellRequestError(new Error(`at /confirm?token=${secret}&next=/x`), {
        method: "GET",
        route: "/[locale]/confirm",
        kind: "render",
      });
      console.error("⨯ %s", new Error(secret).message);
      console.error(new Error(secret));
      console.warn(`careful (${secret})`);
    }
  },
);
await new Promise((resolve) => setTimeout(resolve, 50));
process.stderr.write(JSON.stringify(lastErrorLines()));
