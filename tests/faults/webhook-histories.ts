import { connect } from "@/db/client";
import { seedBenchWorld } from "@/db/seed/bench-world";
import { type Dice, diceFor } from "@/db/seed/dice";
import { foldEvents } from "@/lib/dispatches/commands/fold-events";
import { receiveEvent } from "@/lib/dispatches/commands/receive-event";
import type { ProviderEvent } from "@/lib/dispatches/schema";
import { queueMails } from "../factories/queued-mails";
import type { Fault } from "./fault";

/** In how many orders each history is told, each time of another bill. */
const ORDERS = 20;
/** Who tells and who folds at the same time. */
const TELLERS = 8;
const FOLDERS = 2;

/** What the provider may tell of a mail; a bounce is for good or for now. */
const KINDS = [
  "sent",
  "delivery_delayed",
  "delivered",
  "failed",
  "suppressed",
  "bounced:Permanent",
  "bounced:Transient",
  "complained",
] as const;
type Kind = (typeof KINDS)[number];

/** An event of a history: of the present sending, or of one before it. */
interface Told {
  kind: Kind;
  earlier: boolean;
  times: number;
}

/** What a history has to come to, worked out here from the rules' words alone (R18, R19). */
interface Outcome {
  state: string;
  failure: string | null;
  suspension: string | null;
}

/**
 * R18: 10,000 histories of events, each history in twenty orders, with repetitions and with events of an
 * earlier sending, told by many and folded by two at the same time: the end is the same whatever the order.
 */
export const webhookHistories: Fault = async ({ urls, quick, seed }) => {
  const dice = diceFor(`webhook-histories ${seed}`);
  const worker = connect(urls.workerUrl, { max: TELLERS + FOLDERS });
  const superuser = connect(urls.superuserUrl, { max: 2 });
  const ctx = { db: worker.db, actor: { kind: "system", name: "faults" } as const };
  try {
    const histories = Array.from({ length: quick ? 40 : 500 }, () => historyOf(dice));
    const orders = quick ? 5 : ORDERS;
    const { companyId } = await seedBenchWorld(worker, { contracts: 500 });
    const bills = await sentBills(superuser.sql, companyId, histories.length * orders);
    const events = shuffled(
      bills.flatMap((bill, place) =>
        eventsOf(companyId, bill, histories[place % histories.length] ?? [], dice),
      ),
      dice,
    );
    await tellAndFold(ctx, events);
    const wrong: string[] = [];
    const [left] = await superuser.sql`select count(*)::int as events from provider_events`;
    if (left?.events !== 0) {
      wrong.push(`${left?.events} events were not folded`);
    }
    const endOf = await endsOf(superuser.sql);
    for (const [place, { id, email }] of bills.entries()) {
      const wanted = outcomeOf(histories[place % histories.length] ?? []);
      const { state, failure, suspension } = endOf(id, email);
      if (
        state !== wanted.state ||
        failure !== wanted.failure ||
        suspension !== wanted.suspension
      ) {
        const end = JSON.stringify({ state, failure, suspension });
        wrong.push(`${id}: ${end} is not ${JSON.stringify(wanted)}`);
      }
    }
    return {
      name: "webhook-histories",
      tries: bills.length,
      lost: left?.events ?? 0,
      doubled: 0,
      wrong,
      met: `${histories.length} histories in ${orders} orders each, ${events.length} events told`,
    };
  } finally {
    await Promise.all([worker.close(), superuser.close()]);
  }
};

function historyOf(dice: Dice): Told[] {
  return Array.from({ length: dice.whole(1, 5) }, () => ({
    kind: KINDS[dice.whole(0, KINDS.length - 1)] ?? "sent",
    earlier: dice.roll() < 0.1,
    times: dice.roll() < 0.2 ? 2 : 1,
  }));
}

/** Complaint before bounce before suppression take the bill to paper; else the strongest of the rest. */
function outcomeOf(history: Told[]): Outcome {
  const has = (kind: Kind, earlier = false) =>
    history.some((told) => told.kind === kind && (earlier || !told.earlier));
  const against = (earlier: boolean) =>
    has("complained", earlier)
      ? "complaint"
      : has("bounced:Permanent", earlier)
        ? "hard_bounce"
        : has("suppressed", earlier)
          ? "suppressed"
          : null;
  // An address that an earlier sending was returned from is as suspended as any.
  const suspension = against(true);
  const failure = against(false);
  if (failure) {
    return { state: "paper", failure, suspension };
  }
  const states: [Kind, string][] = [
    ["bounced:Transient", "bounced"],
    ["failed", "failed"],
    ["delivered", "delivered"],
    ["delivery_delayed", "delayed"],
  ];
  const state = states.find(([kind]) => has(kind))?.[1] ?? "accepted";
  return { state, failure: null, suspension };
}

interface SentBill {
  id: string;
  email: string;
  batchId: string;
  earlierId: string;
}

/** What became of a bill, and of its address. */
async function endsOf(sql: Sql): Promise<(id: string, email: string) => Outcome> {
  const rows = await sql<{ id: string; state: string; failure: string | null }[]>`
    select id, state, failure from dispatches`;
  const suspensions = await sql<{ email: string; reason: string }[]>`
    select email, reason from address_suspensions where lifted_at is null`;
  const dispatchOf = new Map(rows.map((row) => [row.id, row]));
  const reasonOf = new Map(suspensions.map(({ email, reason }) => [email, reason]));
  return (id, email) => ({
    state: dispatchOf.get(id)?.state ?? "gone",
    failure: dispatchOf.get(id)?.failure ?? null,
    suspension: reasonOf.get(email) ?? null,
  });
}

type Sql = ReturnType<typeof connect>["sql"];

/** Bills that were sent twice: in a batch of before, and in the present one. */
async function sentBills(sql: Sql, companyId: number, count: number): Promise<SentBill[]> {
  await queueMails(sql, { companyId, count, round: "told" });
  const batches = await sql<{ id: string }[]>`
    insert into dispatch_batches (company_id, members, sender, digest, state, finished_at)
    select ${companyId}, 1, '{"from":"a@b.example","replyTo":"a@b.example"}', 'none', 'accepted', now()
    from generate_series(1, 2) returning id`;
  const [batchId = "", earlierId = ""] = batches.map(({ id }) => id);
  await sql`update dispatches d set state = 'accepted', batch_id = ${batchId}, position = n.place,
      provider_id = 'e-' || d.id, accepted_at = now()
    from (select id, row_number() over () - 1 as place from dispatches) n where n.id = d.id`;
  await sql`insert into mail_forms (digest, template, language, subject, preheader, html, text)
    values ('none', 'bill', 'it', '', '', '', '')`;
  await sql`insert into dispatch_mails (company_id, contract_id, document_id, batch_id, form, email, facts)
    select company_id, contract_id, document_id, batch, 'none', email, '[]'
    from dispatches cross join unnest(array[${batchId}::uuid, ${earlierId}::uuid]) as batch`;
  const bills = await sql<{ id: string; email: string }[]>`
    select id, email from dispatches order by id`;
  return bills.map(({ id, email }) => ({ id, email, batchId, earlierId }));
}

function eventsOf(
  companyId: number,
  { id, batchId, earlierId }: SentBill,
  history: Told[],
  dice: Dice,
): ProviderEvent[] {
  return history.flatMap(({ kind, earlier, times }, place) => {
    const [type, bounceType] = kind.split(":");
    const event: ProviderEvent = {
      id: `msg_${id}_${place}`,
      companyId,
      dispatchId: id,
      batchId: earlier ? earlierId : batchId,
      mailId: null,
      type: `email.${type}`,
      occurredAt: new Date(Date.now() - dice.whole(0, 3600_000)),
      detail: { emailId: `e-${id}`, ...(bounceType ? { bounceType } : {}) },
    };
    return Array.from({ length: times }, () => event);
  });
}

function shuffled<T>(items: T[], dice: Dice): T[] {
  const mixed = [...items];
  for (let place = mixed.length - 1; place > 0; place -= 1) {
    const other = dice.whole(0, place);
    [mixed[place], mixed[other]] = [mixed[other] as T, mixed[place] as T];
  }
  return mixed;
}

type Ctx = Parameters<typeof foldEvents>[0];

async function tellAndFold(ctx: Ctx, events: ProviderEvent[]): Promise<void> {
  let told = 0;
  const tell = async () => {
    for (let event = events[told++]; event; event = events[told++]) {
      await receiveEvent(ctx, event);
    }
  };
  let over = false;
  const fold = async () => {
    while (!over) {
      await foldEvents(ctx);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const folding = Promise.all(Array.from({ length: FOLDERS }, fold));
  await Promise.all(Array.from({ length: TELLERS }, tell));
  over = true;
  await folding;
  await foldEvents(ctx);
}
