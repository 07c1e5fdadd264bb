import { signInCustomer } from "@/lib/auth/sign-in";
import { deviceCookie } from "@/lib/auth/token";
import type { Fault } from "./fault";
import { addressOf, inLanes, PASSWORD, type PeopleWorld, peopleWorld } from "./people-world";

const VISITOR = { kind: "visitor" } as const;
const LANES = 20;

interface Shape {
  name: string;
  /** Whose password the guess is for, and from where. */
  guess(index: number, world: PeopleWorld): { email: string; ip: string };
  /** At most so many passwords may be looked at. */
  bound(minutes: number): number;
}

/** One free try and those that a doubling delay lets through, up to its longest one. */
const afterDelays = (free: number, longestMinutes: number) => (minutes: number) =>
  free + 2 + Math.ceil(Math.log2(minutes * 60 + 1)) + Math.ceil(minutes / longestMinutes);

const SHAPES: Shape[] = [
  {
    name: "one account from one address",
    guess: (_, { registered }) => ({ email: registered[0]?.email ?? "", ip: "192.0.2.1" }),
    bound: afterDelays(5, 15),
  },
  {
    name: "one account from ever new addresses",
    guess: (index, { registered }) => ({
      email: registered[1]?.email ?? "",
      ip: addressOf(index),
    }),
    bound: afterDelays(20, 15),
  },
  {
    name: "ever new accounts from one address",
    guess: (index, { registered }) => ({
      email: registered[index]?.email ?? `nobody-${index}@posta.example`,
      ip: "192.0.2.3",
    }),
    bound: afterDelays(50, 1),
  },
];

/**
 * Guesses at passwords in three shapes: only so many may be looked at, however many are made at once. The
 * owner gets in all the while, from a browser that the account knows.
 */
export const logins: Fault = async ({ urls, quick, seed }) => {
  const guesses = quick ? 300 : 10_000;
  const world = await peopleWorld(urls, { unregistered: 0, registered: 200 });
  const ctx = { db: world.web.db, actor: VISITOR };
  const wrong: string[] = [];
  const met: string[] = [];
  try {
    for (const { name, guess, bound } of SHAPES) {
      const began = performance.now();
      // Once among the guesses, where only a guess that waited for its turn could reach it.
      const right = Math.floor(guesses * 0.7) + (seed % Math.floor(guesses * 0.2));
      const counts = { looked: 0, waited: 0, opened: 0, busy: 0 };
      await inLanes(guesses, LANES, async (index) => {
        const { email, ip } = guess(index, world);
        const password = index === right ? PASSWORD : `una frase sbagliata ${index}`;
        const client = { ip, device: null, userAgent: null };
        const answer = await signInCustomer(ctx, { email, password, client });
        const key = answer.ok ? "opened" : OUTCOMES[answer.code];
        counts[key] += 1;
      });
      const minutes = (performance.now() - began) / 60_000;
      met.push(
        `${name}: ${counts.looked} looked at, ${counts.waited} waited, ${counts.opened} opened a session`,
      );
      if (counts.looked + counts.opened > bound(minutes)) {
        wrong.push(`${name}: ${counts.looked} of ${guesses} were looked at in ${minutes} minutes`);
      }
      const { email } = guess(0, world);
      const owner = { ip: "198.51.100.7", device: deviceCookie(email), userAgent: null };
      const entered = await signInCustomer(ctx, { email, password: PASSWORD, client: owner });
      if (!entered.ok) {
        wrong.push(`${name}: the owner was held up (${entered.code})`);
      }
    }
    return {
      name: "logins",
      tries: guesses * SHAPES.length,
      lost: 0,
      doubled: 0,
      wrong,
      met: met.join("; "),
    };
  } finally {
    await world.close();
  }
};

const OUTCOMES = { wrong: "looked", wait: "waited", busy: "busy" } as const;
