import { requestSignup } from "@/lib/accounts/commands/request-signup";
import { signupInput } from "../factories/signup";
import { type Fault, inShort } from "./fault";
import { addressOf, inLanes, type PeopleWorld, peopleWorld } from "./people-world";

const VISITOR = { kind: "visitor" } as const;

interface Shape {
  name: string;
  /** Of 10,000 guesses in all. */
  share: number;
  guess(index: number, world: PeopleWorld): { taxId: string; email: string; ip: string };
  /** What may be looked at of them. */
  most: number;
}

const mailbox = (index: number) => `chi-indovina-${index}@posta.example`;

/** A shape of tax id that belongs to nobody, another for each number. */
const inventedTaxId = (index: number) => String(10_000_000_000 + index);

const SHAPES: Shape[] = [
  {
    name: "one tax id from ever new addresses",
    share: 0.3,
    guess: (index, { unregistered }) => ({
      taxId: unregistered[0]?.typed.taxId ?? "",
      email: mailbox(index),
      ip: addressOf(index),
    }),
    most: 20,
  },
  {
    name: "ever new tax ids from one address",
    share: 0.3,
    guess: (index) => ({
      taxId: inventedTaxId(index),
      email: mailbox(100_000 + index),
      ip: "192.0.2.2",
    }),
    most: 100,
  },
  {
    name: "ever new tax ids from ever new addresses",
    share: 0.4,
    guess: (index) => ({
      taxId: inventedTaxId(100_000 + index),
      email: mailbox(200_000 + index),
      ip: addressOf(100_000 + index),
    }),
    // All registrations of an hour, the two shapes before among them.
    most: 2_000,
  },
];

/**
 * Guesses at what is printed on somebody's bill, in three shapes: only so many are ever compared with the
 * contracts (R3). Each is answered alike, whether it was compared or not.
 */
export const guesses: Fault = async ({ urls, quick }) => {
  const tries = quick ? inShort(120, 300) : 10_000;
  const world = await peopleWorld(urls, { unregistered: 1, registered: 0 });
  const ctx = { db: world.web.db, actor: VISITOR };
  const [someone] = world.unregistered;
  const wrong: string[] = [];
  const met: string[] = [];
  let made = 0;
  try {
    if (!someone) {
      throw new Error("nobody to guess at");
    }
    for (const { name, share, guess, most } of SHAPES) {
      const before = await judged(world);
      let alike = true;
      const count = Math.round(tries * share);
      await inLanes(count, 8, async (index) => {
        const { ip, ...typed } = guess(index, world);
        const input = signupInput({ ...someone.typed, ...typed, billNumber: `INDOVINO-${index}` });
        const answer = await requestSignup(ctx, { ...input, ip });
        alike &&= JSON.stringify(answer) === '{"ok":true,"value":null}';
      });
      made += count;
      const looked = (await judged(world)) - before;
      met.push(`${name}: ${looked} of ${count} compared`);
      if (looked > most) {
        wrong.push(`${name}: ${looked} were compared, ${most} may be`);
      }
      if (!alike) {
        wrong.push(`${name}: not all were answered alike`);
      }
    }
    const [rows] = await world.superuser.sql<{ attempts: number; jobs: number }[]>`
      select (select count(*)::int from signup_attempts) as attempts,
        (select count(*)::int from graphile_worker.jobs where task_identifier = 'match_signup') as jobs`;
    if (rows?.attempts !== made || rows.jobs !== made) {
      wrong.push(`${made} tries left ${rows?.attempts} rows and ${rows?.jobs} jobs`);
    }
    return { name: "guesses", tries: made, lost: 0, doubled: 0, wrong, met: met.join("; ") };
  } finally {
    await world.close();
  }
};

async function judged({ superuser }: PeopleWorld): Promise<number> {
  const [row] = await superuser.sql<{ count: number }[]>`
    select count(*)::int as count from signup_attempts where outcome <> 'throttled'`;
  return row?.count ?? 0;
}
