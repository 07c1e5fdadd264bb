import { addressOf } from "../faults/people-world";
import { openForm, postForm } from "../faults/post-form";
import { buildAppCopy } from "./app-copy";
import { benchDatabase } from "./database";
import { steady } from "./pace";
import { type Row, rowOf } from "./report";
import { customerSession, type Server, serve } from "./server";

/** Sign-ins that are tried every second: more than two cores can hash. */
const A_SECOND = 50;

/**
 * The bill list at ten requests a second while sign-ins pour in from ever new addresses, each for another
 * e-mail so that no limit stops them, against the same when nothing else happens: argon2id waits in a
 * queue of its own (issue: at most twice).
 */
export async function benchLogins(quick: boolean): Promise<Row[]> {
  const database = await benchDatabase();
  let server: Server | undefined;
  try {
    const cookie = await customerSession(database, 1_000);
    server = await serve(buildAppCopy(), { TRUSTED_PROXY_HOPS: "1" });
    const page = { url: `${server.url}/bills`, cookie };
    const requests = quick ? 100 : 300;
    await steady(page, 50);
    const rounds: { ours: number; limit: number }[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round += 1) {
      const quiet = await steady(page, requests);
      const flood = await pour(server.url, round);
      const flooded = await steady(page, requests);
      const answered = await flood.stop();
      console.log(`round ${round + 1}: ${answered} sign-ins were answered meanwhile`);
      rounds.push({ ours: flooded.p95, limit: quiet.p95 });
    }
    return [rowOf(`logins: p95 of the bill list under ${A_SECOND} sign-ins/s`, "ms", rounds)];
  } finally {
    server?.stop();
    await database.release();
  }
}

/** Sends sign-ins at a steady rate, whether or not earlier ones were answered, until told to stop. */
async function pour(url: string, round: number) {
  const form = await openForm(`${url}/login`);
  const under = new Set<Promise<void>>();
  let sent = 0;
  let answered = 0;
  const timer = setInterval(() => {
    sent += 1;
    const index = round * 1_000_000 + sent;
    const fields = { email: `piena-${index}@posta.example`, password: "una frase sbagliata" };
    const one = postForm(form, fields, addressOf(index)).then(
      () => {
        answered += 1;
      },
      () => {},
    );
    under.add(one);
    void one.finally(() => under.delete(one));
  }, 1_000 / A_SECOND);
  return {
    async stop(): Promise<number> {
      clearInterval(timer);
      await Promise.all(under);
      return answered;
    },
  };
}
