import { sql } from "drizzle-orm";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import type { Transaction } from "@/db/client";
import {
  type ContractFacts,
  dayInRome,
  isSupplied,
  judge,
  stamp,
  type Verdict,
} from "./delivery-oracle";

/** Days on which something is different: clocks change, years end, cut-offs fall. */
const DAYS = [
  "2026-06-14",
  "2026-06-15",
  "2026-06-16",
  "2026-03-28",
  "2026-03-29",
  "2026-03-30",
  "2026-10-24",
  "2026-10-25",
  "2026-10-26",
  "2026-12-31",
  "2027-01-01",
];
/** Minutes from Rome's midnight: an hour that is twice or never on the wall, and a cut-off's. */
const MINUTES = [0, 60, 90, 120, 180, 18 * 60, 22 * 60, 23 * 60];

const INSTANTS = DAYS.flatMap((day) =>
  MINUTES.flatMap((minutes) =>
    [0, -1, 1].map((microseconds) =>
      stamp(
        Temporal.PlainDate.from(day)
          .toZonedDateTime("Europe/Rome")
          .toInstant()
          .add({ minutes })
          .add({ microseconds }),
      ),
    ),
  ),
);

export const instant = fc.constantFrom(...INSTANTS);
/** Stand for the first instant that is asked about, and its day: what changes just then must be met. */
const ASKED = { instant: "the instant asked", day: "its day" };
const when = fc.oneof(
  { weight: 4, arbitrary: instant },
  { weight: 1, arbitrary: fc.constant(ASKED.instant) },
);
const day = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...DAYS) },
  { weight: 1, arbitrary: fc.constant(ASKED.day) },
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });

/** `~` stands for the contract's own number; `common` is an address of several contracts. */
const OWN = ["own-0~", "own-1~"] as const;
const address = fc.constantFrom("bills~", "common", "other~");

const wish = fc.oneof(
  fc.record({
    origin: fc.constantFrom("customer"),
    mode: fc.constantFrom("electronic", "electronic", "paper"),
    account: fc.constantFrom(0, 1),
    email: orNull(fc.oneof(address, fc.constantFrom(...OWN))),
  }),
  fc.record({
    origin: fc.constantFrom("import", "paper_form"),
    mode: fc.constantFrom("electronic", "paper"),
    account: fc.constant(null),
    email: fc.oneof(address, fc.constantFrom(...OWN)),
  }),
);
const end = fc.record({
  origin: fc.constantFrom("undone", "holder_changed", "removed", "account_deleted"),
  mode: fc.constant("paper"),
  account: orNull(fc.constantFrom(0, 1)),
  email: fc.constant(null),
});
const choice = fc
  .tuple(fc.oneof({ weight: 4, arbitrary: wish }, { weight: 1, arbitrary: end }), when)
  .map(([row, chosenAt]) => ({
    ...row,
    email: row.mode === "paper" ? null : row.email,
    chosenAt,
  }));

interface MandateRow {
  status: string;
  holder: number;
  since: string | null;
  until: string | null;
}

interface SuspensionRow {
  email: string;
  suspendedAt: string;
  liftedAt: string | null;
}

const mandate: fc.Arbitrary<MandateRow> = fc.oneof(
  fc.record({
    status: fc.constant("active"),
    holder: fc.constantFrom(0, 0, 1),
    since: day,
    until: orNull(day),
  }),
  fc.record({
    status: fc.constantFrom("revoked", "expired"),
    holder: fc.constantFrom(0, 0, 1),
    since: orNull(day),
    until: day,
  }),
  fc.record({
    status: fc.constantFrom("requested", "rejected"),
    holder: fc.constantFrom(0, 0, 1),
    since: orNull(day),
    until: orNull(day),
  }),
);

const COMMODITIES = ["electricity", "gas"] as const;

/** What happened to one contract, in no order; the rows' ids follow the lists. */
const history = fc.record({
  company: fc.constantFrom(0, 1),
  commodity: fc.constantFrom(...COMMODITIES),
  /** Which of two people holds the contract now; the accounts are theirs, one each. */
  holder: fc.constantFrom(0, 0, 1),
  startsOn: fc.oneof(
    { weight: 3, arbitrary: fc.constant("2020-01-01") },
    { weight: 1, arbitrary: day },
  ),
  endsOn: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: day }),
  choices: fc.array(choice, { maxLength: 5 }),
  mandates: fc.oneof<fc.MaybeWeightedArbitrary<MandateRow[]>[]>(
    {
      weight: 2,
      arbitrary: fc.constant([{ status: "active", holder: 0, since: "2020-01-01", until: null }]),
    },
    { weight: 3, arbitrary: fc.array(mandate, { maxLength: 3 }) },
  ),
  /** By account: when it was deleted. */
  deletedAt: fc.tuple(fc.option(when, { freq: 6 }), fc.option(when, { freq: 6 })),
  dedicated: fc.uniqueArray(
    fc.record({ account: fc.constantFrom(0, 1), email: address, confirmedAt: orNull(when) }),
    { selector: ({ account, email }) => `${account} ${email}`, maxLength: 3 },
  ),
  suspensions: fc.oneof<fc.MaybeWeightedArbitrary<SuspensionRow[]>[]>(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({
          email: fc.oneof(address, fc.constantFrom(...OWN)),
          suspendedAt: when,
          liftedAt: orNull(when),
        }),
        { maxLength: 2 },
      ),
    },
  ),
});

const discount = fc.record({
  company: fc.constantFrom(0, 1),
  commodity: fc.constantFrom(...COMMODITIES),
  cents: fc.integer({ min: 1, max: 2_000 }),
  basis: fc.constantFrom("per_year", "per_bill"),
  from: day,
  until: orNull(day),
});

/** Many contracts of two companies at once, and the instants to ask at. */
export const histories = (contracts: number) =>
  fc
    .record({
      contracts: fc.array(history, { minLength: 1, maxLength: contracts, size: "max" }),
      discounts: fc.array(discount, { maxLength: 6 }),
      instants: fc.array(instant, { minLength: 1, maxLength: 3, size: "max" }),
    })
    .map((batch) => {
      const [first = ""] = batch.instants;
      const text = JSON.stringify(batch)
        .replaceAll(ASKED.instant, first)
        .replaceAll(ASKED.day, dayInRome(first));
      return JSON.parse(text) as typeof batch;
    });

export type Histories = ReturnType<typeof histories> extends fc.Arbitrary<infer T> ? T : never;

const id = (kind: number, at: number, part = 0) =>
  `01990000-000${kind}-7000-8000-${String(at).padStart(8, "0")}${String(part).padStart(4, "0")}`;
const mail = (name: string, at: number) => `${name.replace("~", `-${at}`)}@posta.example`;

/** Writes histories for two companies that are there, one statement for each table. */
export async function writeHistories(
  tx: Transaction,
  companyIds: [number, number],
  { contracts, discounts }: Histories,
): Promise<void> {
  const put = (table: string, columns: string, rows: object[]) =>
    rows.length === 0
      ? Promise.resolve()
      : tx.execute(sql`insert into ${sql.raw(table)} (${sql.raw(columns)})
          select ${sql.raw(columns)}
          from json_populate_recordset(null::${sql.raw(table)}, ${JSON.stringify(rows)}::json)`);
  const each = <T>(rows: (history: Histories["contracts"][number], at: number) => T[]) =>
    contracts.flatMap(rows);
  await put(
    "holders",
    "id, tax_id, name, language, created_at",
    each((_, at) =>
      [0, 1].map((who) => ({
        id: id(1, at, who),
        tax_id: `H${at}-${who}`,
        name: "X",
        language: "it",
        created_at: "2020-01-01",
      })),
    ),
  );
  await put(
    "contracts",
    `company_id, id, contract_number, customer_code, holder_id, commodity, supply_point,
      supply_address, billing_address, product, starts_on, ends_on, held_since, imported_at`,
    each((one, at) => [
      {
        company_id: companyIds[one.company],
        id: id(2, at),
        contract_number: `C-${at}`,
        customer_code: "X",
        holder_id: id(1, at, one.holder),
        commodity: one.commodity,
        supply_point: "X",
        supply_address: "X",
        billing_address: "X",
        product: "X",
        starts_on: one.startsOn,
        ends_on: one.endsOn,
        held_since: one.startsOn,
        imported_at: "2020-01-01",
      },
    ]),
  );
  await put(
    "mandates",
    "company_id, contract_id, id, holder_id, reference, iban, debtor, creditor_id, status, since, until, recorded_at",
    each((one, at) =>
      one.mandates.map((row, part) => ({
        company_id: companyIds[one.company],
        contract_id: id(2, at),
        id: id(3, at, part),
        holder_id: id(1, at, row.holder),
        reference: `M-${part}`,
        iban: "X",
        debtor: "X",
        creditor_id: "X",
        status: row.status,
        since: row.since,
        until: row.until,
        recorded_at: "2020-01-01",
      })),
    ),
  );
  await put(
    "accounts",
    "id, holder_id, email, password_hash, language, created_at, deleted_at",
    each((one, at) =>
      one.deletedAt.map((deletedAt, who) => ({
        id: id(4, at, who),
        holder_id: id(1, at, who),
        email: mail(OWN[who as 0 | 1], at),
        password_hash: deletedAt === null ? "X" : null,
        language: "it",
        created_at: "2020-01-01",
        deleted_at: deletedAt,
      })),
    ),
  );
  await put(
    "delivery_addresses",
    "account_id, email, confirmed_at, created_at",
    each((one, at) =>
      one.dedicated.map((row) => ({
        account_id: id(4, at, row.account),
        email: mail(row.email, at),
        confirmed_at: row.confirmedAt,
        created_at: "2020-01-01",
      })),
    ),
  );
  await put(
    "delivery_choices",
    "company_id, contract_id, id, account_id, mode, email, notice_version, origin, chosen_at, recorded_at",
    each((one, at) =>
      one.choices.map((row, part) => ({
        company_id: companyIds[one.company],
        contract_id: id(2, at),
        id: id(5, at, part),
        account_id: row.account === null ? null : id(4, at, row.account),
        mode: row.mode,
        email: row.email === null ? null : mail(row.email, at),
        notice_version: "1",
        origin: row.origin,
        chosen_at: row.chosenAt,
        recorded_at: row.chosenAt,
      })),
    ),
  );
  await put(
    "address_suspensions",
    "id, email, reason, suspended_at, lifted_at",
    each((one, at) =>
      one.suspensions.map((row, part) => ({
        id: id(6, at, part),
        email: mail(row.email, at),
        reason: "hard_bounce",
        suspended_at: row.suspendedAt,
        lifted_at: row.liftedAt,
      })),
    ),
  );
  await put(
    "discounts",
    "company_id, id, commodity, amount_cents, basis, valid_from, valid_until",
    discounts.map((row, part) => ({
      company_id: companyIds[row.company as 0 | 1],
      id: id(7, 0, part),
      commodity: row.commodity,
      amount_cents: row.cents,
      basis: row.basis,
      valid_from: row.from,
      valid_until: row.until,
    })),
  );
}

/** What the oracle is told of the contract at this place. */
function factsOf({ contracts, discounts }: Histories, at: number): ContractFacts {
  const one = contracts[at];
  if (!one) {
    throw new Error(`there is no history ${at}`);
  }
  return {
    startsOn: one.startsOn,
    endsOn: one.endsOn,
    holder: String(one.holder),
    mandates: one.mandates.map((row, part) => ({
      ...row,
      id: id(3, at, part),
      holder: String(row.holder),
    })),
    choices: one.choices.map((row, part) => ({
      id: id(5, at, part),
      origin: row.origin,
      mode: row.mode === "electronic" ? "electronic" : "paper",
      email: row.email === null ? null : mail(row.email, at),
      chosenAt: row.chosenAt,
      account:
        row.account === null
          ? null
          : {
              email: mail(OWN[row.account as 0 | 1], at),
              deletedAt: one.deletedAt[row.account as 0 | 1],
              dedicated: one.dedicated
                .filter(({ account }) => account === row.account)
                .map(({ email, confirmedAt }) => ({ email: mail(email, at), confirmedAt })),
            },
    })),
    discounts: discounts.flatMap((row, part) =>
      row.company === one.company && row.commodity === one.commodity
        ? [{ ...row, id: id(7, 0, part) }]
        : [],
    ),
    suspensions: contracts.flatMap(({ suspensions }, other) =>
      suspensions.map((row) => ({ ...row, email: mail(row.email, other) })),
    ),
  };
}

/** Where SQL and oracle disagree: the instant, the contract's place, and what each says. */
export interface Mismatch {
  at: string;
  contract: number;
  sql: Verdict | null;
  oracle: Verdict | null;
}

/** Asks the SQL once per company and instant, of the contracts supplied then and of all by name. */
export async function mismatches(
  tx: Transaction,
  companyIds: [number, number],
  batch: Histories,
): Promise<Mismatch[]> {
  const found: Mismatch[] = [];
  const facts = batch.contracts.map((_, at) => factsOf(batch, at));
  for (const at of batch.instants) {
    for (const named of [false, true]) {
      const said = new Map<string, Verdict>();
      for (const [which, companyId] of companyIds.entries()) {
        const ids = batch.contracts.flatMap(({ company }, place) =>
          company === which ? [id(2, place)] : [],
        );
        const asked = named ? `{${ids.join(",")}}` : null;
        const rows = await tx.execute<Verdict & { contract_id: string } & Record<string, unknown>>(
          sql`select contract_id, mode, email, reason, discount_cents, discount_basis, choice_id,
              mandate_id
            from delivery_modes(${companyId}::smallint, ${asked}::uuid[], ${at}::timestamptz)`,
        );
        for (const { contract_id, ...verdict } of rows) {
          // A contract that another company is told of as well is wrong for both.
          said.set(said.has(contract_id) ? `twice ${contract_id}` : contract_id, { ...verdict });
        }
      }
      facts.forEach((fact, contract) => {
        const oracle = named || isSupplied(fact, at) ? judge(fact, at) : null;
        const answer = said.get(id(2, contract)) ?? null;
        if (JSON.stringify(answer) !== JSON.stringify(oracle)) {
          found.push({ at, contract, sql: answer, oracle });
        }
        said.delete(id(2, contract));
      });
      for (const answer of said.values()) {
        found.push({ at, contract: -1, sql: answer, oracle: null });
      }
    }
  }
  return found;
}
