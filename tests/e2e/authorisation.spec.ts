import { expect, test } from "@playwright/test";
import { ACTIONS, type ActionRow } from "./authorisation/actions";
import { ACTORS, type ActorName, type Cookies } from "./authorisation/actors";
import { inParallel } from "./authorisation/asking";
import { builtActions, builtRoutes } from "./authorisation/build";
import {
  changedTables,
  digests,
  holdClockJobs,
  ordersAnswered,
  quietDigests,
  superuser,
} from "./authorisation/database";
import { ROUTES, type RouteRow } from "./authorisation/routes";
import { actionId } from "./authorisation/sign-in";
import { type PostWay, readPost, readRoute, type Way } from "./authorisation/ways";
import { postWaysOf, waysOf } from "./authorisation/who-asks";
import {
  makeCookies,
  makeWorld,
  sendPhoto,
  spareSession,
  tidyUp,
  type World,
} from "./authorisation/world";

const AT_ONCE = 4;
const MAY_SEE_THE_OWNER: readonly ActorName[] = ["owner", "support", "operator", "admin"];

/** Where the allowed requests leave their traces. */
const DONE = [
  ...["accounts", "delivery_choices", "dispatch_orders", "mandate_requests", "run_orders"],
  "self_readings",
];

/** Who may do what, asked of the running build and not of its code: each cell of two tables. */
test.describe("R28 authorisation", () => {
  let database: Awaited<ReturnType<typeof superuser>>;
  let letGo: () => Promise<void>;
  let world: World;
  let cookies: Cookies;

  test.beforeAll(async () => {
    database = await superuser();
    letGo = await holdClockJobs(database.sql);
    world = await makeWorld(database.sql);
    cookies = await makeCookies(database.sql);
    await sendPhoto(world, cookies.owner);
  });

  test.afterAll(async () => {
    await tidyUp(database.sql, world);
    await letGo();
    await database.close();
  });

  /** The owner's words in an answer to somebody who may not read them, but for what they sent themselves. */
  const leaks = (actor: ActorName, body: string, sent = "") =>
    MAY_SEE_THE_OWNER.includes(actor)
      ? []
      : world.secrets.filter((secret) => !sent.includes(secret) && body.includes(secret));

  test("every route and action of the build has a row, and every row its route or action", () => {
    expect(Object.keys(ROUTES).sort()).toEqual(builtRoutes());
    const names = builtActions().map(({ name }) => name);
    expect(Object.keys(ACTIONS).sort()).toEqual(names.sort());
  });

  test("every route for every actor in every way", async () => {
    const cells = Object.entries(ROUTES).flatMap(([name, row]) =>
      ACTORS.flatMap((actor) => waysOf(actor).map((way) => ({ ...{ name, row, actor, way } }))),
    );
    const wrong: string[] = [];
    await inParallel(cells, AT_ONCE, async ({ name, row, actor, way }) => {
      const said = await askCell(row, actor, way);
      wrong.push(...said.map((sentence) => `${name}, ${actor}, ${way.name}: ${sentence}`));
    });
    expect(wrong).toEqual([]);
    console.log(`authorisation: ${cells.length} cells of ${Object.keys(ROUTES).length} routes`);
  });

  async function askCell(row: RouteRow, actor: ActorName, way: Way): Promise<string[]> {
    const answered = await way.ask(row.at(world), cookies[actor]);
    const expected = way.bones && row.kind === "page" ? "ok" : row.answer(actor);
    const answer = readRoute(answered);
    const wrong = answer === expected ? [] : [`${answer} instead of ${expected}`];
    wrong.push(...leaks(actor, answered.body).map((secret) => `tells ${secret}`));
    // What strangers must not find is there: otherwise their finding nothing would mean nothing.
    const shown = actor === "owner" && row.ofOwner && !way.bones && !way.headOnly;
    if (shown && !world.secrets.some((secret) => answered.body.includes(secret))) {
      wrong.push("does not show the owner what is theirs");
    }
    return wrong;
  }

  test("every action for every actor in every way", async () => {
    const all = Object.entries(ACTIONS).flatMap(([name, row]) =>
      ACTORS.flatMap((actor) =>
        postWaysOf(actor)
          .filter(({ elsewhere }) => !(elsewhere && row.everywhere))
          .map((way) => ({ ...{ name, row, actor, way } })),
      ),
    );
    type Cell = (typeof all)[number];
    const doesNothing = ({ row, actor, way }: Cell) =>
      way.always !== undefined || !["done", "onward"].includes(row.answer(actor));
    const wrong: string[] = [];
    const post = async ({ name, row, actor, way }: Cell) => {
      // Whoever signs out ends a session of their own.
      const cookie = row.stateless
        ? await spareSession(database.sql, cookies[actor])
        : cookies[actor];
      const said = await postCell(way, {
        ...{ path: row.at(world), cookie, id: actionId(name) },
        ...{ fields: row.fields(world), stateless: row.stateless },
        ...{ actor, expected: way.always ? [way.always] : agreeing(row, actor) },
      });
      wrong.push(...said.map((sentence) => `${name}, ${actor}, ${way.name}: ${sentence}`));
    };
    let before = await quietDigests(database.sql);
    for (const name of Object.keys(ACTIONS)) {
      const refused = all.filter((cell) => cell.name === name && doesNothing(cell));
      await inParallel(refused, AT_ONCE, post);
      const after = await digests(database.sql);
      // Signing out is told of whoever was signed in.
      const changed = changedTables(before, after).filter(
        (table) => !(ACTIONS[name]?.stateless && table === "audit_log"),
      );
      if (changed.length > 0) {
        wrong.push(`${name}, refused to all, changed ${changed.join(", ")}`);
      }
      before = after;
    }
    // The same requests, from whom they may come from, do something: the ones above were well formed.
    const allowed = all.filter((cell) => !doesNothing(cell));
    for (const cell of allowed) {
      await post(cell);
      await ordersAnswered(database.sql);
    }
    const done = changedTables(before, await digests(database.sql));
    expect(wrong).toEqual([]);
    expect(done).toEqual(expect.arrayContaining(DONE));
    console.log(`authorisation: ${all.length} cells of ${Object.keys(ACTIONS).length} actions`);
  });

  function agreeing(row: ActionRow, actor: ActorName): string[] {
    const answer = row.answer(actor);
    return [
      answer,
      ...(["done", "words"].includes(answer) ? ["a page"] : []),
      ...(row.orByPage === null ? [] : [row.orByPage]),
      ...(["done", "onward"].includes(answer) && row.limited ? ["words"] : []),
      // Without JavaScript words stand on the page.
      ...(answer === "onward" && row.limited ? ["a page"] : []),
    ];
  }

  async function postCell(
    way: PostWay,
    {
      actor,
      expected,
      ...given
    }: Parameters<PostWay["post"]>[0] & {
      actor: ActorName;
      expected: string[];
    },
  ): Promise<string[]> {
    const answered = await way.post(given);
    const answer = readPost(answered);
    const wrong = expected.includes(answer)
      ? []
      : [`${answer} instead of ${expected[0]}: ${answered.body.slice(-200)}`];
    const sent = JSON.stringify(given.fields);
    wrong.push(...leaks(actor, answered.body, sent).map((secret) => `tells ${secret}`));
    return wrong;
  }
});
