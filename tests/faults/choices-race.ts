import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Connection, connect } from "@/db/client";
import { type Dice, diceFor } from "@/db/seed/dice";
import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { chooseDelivery, type DeliveryChoice } from "@/lib/delivery/commands/choose-delivery";
import { undoChoice } from "@/lib/delivery/commands/undo-choice";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { CHOICE_COLUMNS, importChoices } from "@/lib/imports/commands/import-choices";
import { freezeRun } from "@/lib/runs/commands/freeze-run";
import { type Fault, type FaultRow, inShort } from "./fault";
import { type ChoicesWorld, choicesWorld, type Member, type RaceCompany } from "./race-world";
import { ACTOR } from "./runs-world";

const WRITERS = 8;
/** Choices of each writer that are made before, to see how fast they go. */
const WARM_UP = 4;

/** What a customer was told of each of their contract's choices, in the order they made them. */
export type Promises = Map<string, string[]>;

/**
 * R11, R12: choices and undos by eight writers and imports, while cut-offs pass and runs are frozen.
 * Each plan row is what the rule and the oracle say of the stamps, and each bill that a customer was
 * promised is of the run whose plan has their choice.
 */
export const choicesRace: Fault = async ({ urls, quick, seed }): Promise<FaultRow> => {
  const total = quick ? inShort(120, 200) : 10_000;
  const world = await choicesWorld(urls, quick ? 4 : 8, quick ? 40 : 200);
  const pools = Array.from({ length: WRITERS }, () => connect(urls.webUrl, { max: 1 }));
  const promises: Promises = new Map();
  let frozen = true;
  const write = (count: number, salt: string) =>
    Promise.all(
      pools.map((pool, at) =>
        writer(
          pool,
          world.members.filter((_, which) => which % WRITERS === at),
          {
            goesOn: (made) => made < count || !frozen,
            nextCompany: world.nextCompany,
            dice: diceFor(`writer ${at} ${seed} ${salt}`),
            promises,
          },
        ),
      ),
    );
  try {
    const start = performance.now();
    await write(WARM_UP, "warm-up");
    const each = (performance.now() - start) / WARM_UP;
    promises.clear();
    const perWriter = Math.ceil(total / WRITERS);
    await world.setCutOffs(each * perWriter);
    let writing = true;
    frozen = false;
    const freezing = Promise.all(
      world.companies.map((company) => freezeOnTime(world, company)),
    ).finally(() => {
      frozen = true;
    });
    const importing = importer(world, () => writing, diceFor(`importer ${seed}`));
    await write(perWriter, "race");
    writing = false;
    const [, imported] = await Promise.all([freezing, importing]);
    const { lost, doubled, wrong, plans } = await world.check(promises);
    const made = [...promises.values()].reduce((sum, told) => sum + told.length, 0);
    const met = `${made} kept of ${total} by ${WRITERS} writers, ${imported} imported, ${plans} plan rows of ${world.companies.length} runs, ${wrong.length} mismatches`;
    return { name: "choices-race", tries: total, lost, doubled, wrong, met };
  } finally {
    await Promise.all([...pools.map((pool) => pool.close()), world.close()]);
  }
};

async function writer(
  { db }: Connection,
  members: Member[],
  {
    goesOn,
    nextCompany,
    dice,
    promises,
  }: {
    goesOn: (made: number) => boolean;
    nextCompany: () => number | undefined;
    dice: Dice;
    promises: Promises;
  },
): Promise<void> {
  for (let made = 0; goesOn(made); made += 1) {
    const close = members.filter(({ companyId }) => companyId === nextCompany());
    const among = close.length > 0 && dice.roll() < 0.75 ? close : members;
    const member = among[dice.whole(0, among.length - 1)];
    if (!member) {
      throw new Error("a writer has no customer");
    }
    const { contractId } = member;
    const ctx = { db, actor: actorOf(member) };
    const told = promises.get(contractId) ?? [];
    promises.set(contractId, told);
    const pauseMs = dice.roll() < 0.3 ? dice.whole(20, 150) : 0;
    if (dice.roll() < 0.15) {
      const undone = await pausing(ctx, pauseMs, (tx) => undoChoice(tx, { contractId }));
      if (undone.ok) {
        told.push(undone.value.fromCutOffOn);
      }
      continue;
    }
    const electronic = dice.roll() < 0.6;
    const choice: DeliveryChoice = {
      contractId,
      mode: electronic ? "electronic" : "paper",
      email: electronic && dice.roll() < 0.5 ? member.dedicated : null,
      acceptedNotice: electronic ? NOTICE_VERSION : null,
    };
    const chosen = await pausing(ctx, pauseMs, (tx) => chooseDelivery(tx, choice));
    if (!chosen.ok) {
      throw new Error(`a choice of the race was refused: ${chosen.code}`);
    }
    if (chosen.value.changed) {
      told.push(chosen.value.fromCutOffOn);
    }
  }
}

/** A web process may stand still between a stamp and its commit; a cut-off may fall there. */
async function pausing<T>(
  ctx: Context<CustomerActor>,
  pauseMs: number,
  command: (ctx: Context<CustomerActor>) => Promise<T>,
): Promise<T> {
  if (pauseMs === 0) {
    return await command(ctx);
  }
  return await inTransaction(ctx, async (tx) => {
    const result = await command(tx);
    await wait(pauseMs);
    return result;
  });
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const actorOf = ({ accountId, holderId, email }: Member): CustomerActor => ({
  kind: "customer",
  accountId,
  holderId,
  sessionId: accountId,
  email,
  language: "it",
});

/** Tries from the cut-off on, as an impatient operator would, so that choices are being saved then. */
async function freezeOnTime({ worker }: ChoicesWorld, company: RaceCompany): Promise<void> {
  await wait(Math.max(0, company.cutOffMs - Date.now()));
  for (;;) {
    const frozen = await freezeRun(
      { db: worker.db, actor: ACTOR },
      { company: company.slug, run: "near" },
    );
    if (frozen.ok) {
      return;
    }
    await wait(3);
  }
}

/** Files of a few choices made moments ago, one after the other while the others write. */
async function importer(
  { worker, companies, contractNumbers }: ChoicesWorld,
  goesOn: () => boolean,
  dice: Dice,
): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), "sportello-faults-"));
  const file = path.join(folder, "choices.csv");
  let imported = 0;
  try {
    while (goesOn()) {
      const company = companies[dice.whole(0, companies.length - 1)];
      const numbers = contractNumbers.filter(() => dice.roll() < 0.05);
      const lines = numbers.map((number) => {
        const at = new Date(Date.now() - dice.whole(5, 1_500)).toISOString();
        return dice.roll() < 0.6
          ? `${number};electronic;old-${number.toLowerCase()}@posta.example;${at}`
          : `${number};paper;;${at}`;
      });
      await writeFile(file, [CHOICE_COLUMNS.join(";"), ...lines, ""].join("\n"));
      const { added } = await importChoices(
        { db: worker.db, actor: ACTOR },
        { company: company?.slug ?? "", file, origin: dice.roll() < 0.5 ? "portal" : "paper-form" },
      );
      imported += added;
      await wait(40);
    }
    return imported;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
