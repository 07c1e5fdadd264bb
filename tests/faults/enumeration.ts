import { buildAppCopy } from "../bench/app-copy";
import { median } from "../bench/report";
import { serve } from "../bench/server";
import type { Fault } from "./fault";
import { addressOf, type PeopleWorld, peopleWorld } from "./people-world";
import { openForm, type Posted, postForm } from "./post-form";

/** R3: what a page may differ by for those it knows and those it does not, between medians. */
const MOST_MS = 5;

interface Question {
  page: string;
  /** The fields that are sent for the try of this number, by what is true of them. */
  kinds: Record<string, (index: number, world: PeopleWorld) => Record<string, string>>;
}

const stranger = (index: number) => `sconosciuta-${index}@posta.example`;

const QUESTIONS: Question[] = [
  {
    page: "/signup",
    kinds: {
      "data match": (index, { unregistered }) => ({
        ...unregistered[index]?.typed,
        email: stranger(index),
      }),
      "data do not match": (index, { unregistered }) => ({
        ...unregistered[index]?.typed,
        email: stranger(10_000 + index),
        taxId: String(10_000_000_000 + index),
      }),
      "e-mail has an account": (index, { registered, unregistered }) => ({
        ...unregistered[index]?.typed,
        taxId: String(20_000_000_000 + index),
        email: registered[index]?.email ?? "",
      }),
      "contract is taken": (index, { registered }) => ({
        ...registered[index]?.typed,
        email: stranger(20_000 + index),
      }),
      throttled: (index, { unregistered }) => ({
        ...unregistered[0]?.typed,
        taxId: "12345678903",
        email: stranger(30_000 + index),
      }),
    },
  },
  {
    page: "/login",
    kinds: {
      "wrong password": (index, { registered }) => ({
        email: registered[index]?.email ?? "",
        password: "una frase sbagliata",
      }),
      "unknown e-mail": (index) => ({
        email: stranger(40_000 + index),
        password: "una frase sbagliata",
      }),
    },
  },
  {
    page: "/forgot-password",
    kinds: {
      "has an account": (index, { registered }) => ({ email: registered[index]?.email ?? "" }),
      "has none": (index) => ({ email: stranger(50_000 + index) }),
    },
  },
];

/**
 * Whether the running application's answers tell who is known: for each kind of question the same status,
 * address and page, and medians of the time that differ by no more than 5 ms (R3). The kinds take turns.
 */
export const enumeration: Fault = async ({ urls, quick }) => {
  const tries = quick ? 30 : 500;
  const world = await peopleWorld(urls, { unregistered: tries + 5, registered: tries + 5 });
  const server = await serve(buildAppCopy({}, ".sportello-faults/app"), {
    DATABASE_URL: urls.webUrl,
    DATABASE_WORKER_URL: urls.workerUrl,
    TRUSTED_PROXY_HOPS: "1",
  });
  const wrong: string[] = [];
  const met: string[] = [];
  let asked = 0;
  try {
    for (const { page, kinds } of QUESTIONS) {
      const form = await openForm(`${server.url}${page}`);
      const answers = new Map<string, Posted[]>();
      for (let index = 0; index < tries + 5; index += 1) {
        // The limits for all and for an address are not what is measured here.
        await world.superuser.sql`delete from rate_limits
          where key like 'signup_all:%' or key like '%_ip:%' or key like 'link_all:%'`;
        const order = Object.entries(kinds).map(
          (_, place, all) => all[(place + index) % all.length],
        );
        for (const [kind, fields] of order as [string, Question["kinds"][string]][]) {
          const posted = await postForm(form, fields(index, world), addressOf(asked));
          asked += 1;
          // The first ones warm up.
          if (index >= 5) {
            answers.set(kind, [...(answers.get(kind) ?? []), posted]);
          }
        }
      }
      const figures = [...answers].map(([kind, posts]) => ({
        kind,
        ms: median(posts.map(({ ms }) => ms)),
        looks: new Set(posts.map((post) => look(post))),
      }));
      const looks = new Set(figures.flatMap((figure) => [...figure.looks]));
      if (looks.size !== 1) {
        wrong.push(
          `${page}: ${looks.size} different answers: ${[...looks].join(" | ").slice(0, 300)}`,
        );
      }
      const medians = figures.map(({ ms }) => ms);
      const difference = Math.max(...medians) - Math.min(...medians);
      met.push(
        `${page}: ${figures.map(({ kind, ms }) => `${kind} ${ms.toFixed(1)}`).join(", ")} ms, ${difference.toFixed(1)} apart`,
      );
      if (difference > MOST_MS) {
        wrong.push(`${page}: the medians are ${difference.toFixed(1)} ms apart`);
      }
    }
    return { name: "enumeration", tries: asked, lost: 0, doubled: 0, wrong, met: met.join("; ") };
  } finally {
    server.stop();
    await world.close();
  }
};

/** All that can be told apart of an answer, without what was typed and what is new in every page. */
const look = ({ status, location, body }: Posted) =>
  `${status} ${location} ${body
    .replace(/nonce="[^"]*"/g, "")
    .replace(/[\w.+-]+@posta\.example/g, "")
    .replace(/<script[\s\S]*?<\/script>/g, "")
    .replace(/\s+/g, " ")
    .slice(0, 20_000)}`;
