import { afterAll, beforeAll, expect, test } from "vitest";
import { freezeAtOnce, publishAtOnce } from "../faults/at-once";
import { choicesRace } from "../faults/choices-race";
import { type Fault, passed } from "../faults/fault";
import { freezeKilled, publishKilled } from "../faults/killed";
import { type Clone, cloneDatabase } from "../setup/database";

/** The quick ways of `npm run faults`; the seed is named when one fails. */
const SEED = Math.floor(Math.random() * 1e9);

let clone: Clone;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await clone.drop();
});

const PROMISES: [string, Fault][] = [
  [
    "R10 R11 R12 choices, undos and imports that race cut-offs are in the plans their customers were promised",
    choicesRace,
  ],
  ["R12 of many freezes of a run at once one wins, and there is one plan", freezeAtOnce],
  [
    "R15 R17 of many publications of a run at once one wins, and nothing is sent twice",
    publishAtOnce,
  ],
  ["R12 a freeze that is killed leaves the whole plan or none, and can be finished", freezeKilled],
  ["R15 a publication that is killed leaves all or nothing, and can be finished", publishKilled],
];

for (const [promise, fault] of PROMISES) {
  test(promise, { timeout: 120_000 }, async () => {
    const row = await fault({ urls: clone, quick: true, seed: SEED });
    expect(passed(row), `seed ${SEED}: ${JSON.stringify(row)}`).toBe(true);
    expect(row.tries).toBeGreaterThan(0);
  });
}
