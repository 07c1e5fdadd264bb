import { type SQL, sql } from "drizzle-orm";
import { DELIVERY_MODES } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context, TxContext } from "@/lib/auth/context";
import type { Company } from "@/lib/companies/queries";
import { dayOrInstant, emailAddress, oneOf, optional, rowReader, words } from "../cells";
import { readCsv } from "../csv";
import { type FaultList, shown } from "../errors";
import type { ImportInput, ImportKind, ImportOutcome } from "../kind";
import { addFaults, type StagedColumns } from "../staging";
import { takeOver } from "./take-over";

/** Where the choices were made: in another portal, or on paper forms. */
export const CHOICE_SOURCES = ["portal", "paper-form"] as const;
export type ChoiceSource = (typeof CHOICE_SOURCES)[number];

const ORIGINS = { portal: "import", "paper-form": "paper_form" } as const;

const CELLS = {
  contract_number: words(40),
  mode: oneOf(DELIVERY_MODES),
  email: optional(emailAddress),
  chosen_at: dayOrInstant,
};

const readRow = rowReader(CELLS);

export const CHOICE_COLUMNS = Object.keys(CELLS) as (keyof typeof CELLS)[];

const COLUMNS = {
  read: { contract_number: "text", mode: "text", email: "text", chosen_at: "timestamptz" },
  judged: {},
} satisfies StagedColumns;

type ChoiceRow = { line: number } & {
  [Column in keyof typeof CELLS]: ReturnType<(typeof CELLS)[Column]>;
};

export interface ChoicesInput extends ImportInput {
  origin: ChoiceSource;
}

export const CHOICES: ImportKind<ChoicesInput> = {
  name: "choices",
  lockOf: ({ id }) => id,
  optionsOf: ({ origin }) => ({ origin }),
  columns: COLUMNS,
  fills: ["delivery_choices"],
  // A freeze meanwhile has all choices of a file in its plan or none.
  batchRows: null,
  async *read({ input, faults }) {
    for await (const rows of readCsv(input.file, CHOICE_COLUMNS, faults)) {
      yield rows.flatMap((row) => {
        const cells = readRow(row, faults);
        return cells && rowHolds(row.line, cells, faults) ? [{ line: row.line, ...cells }] : [];
      });
    }
  },
  async check(tx, { company, faults }, staging) {
    await findDuplicates(tx, staging.table, faults);
    await staging.replaceBy(tx.db, judged(company, staging.table));
    await findUnfit(tx, company, staging.table, faults);
  },
  async apply({ db }, { company, importId, input }, batch) {
    // Accounts are deleted meanwhile, and what they had must not come back (R7).
    await db.execute(sql`insert into delivery_choices
        (company_id, contract_id, id, account_id, mode, email, origin, import_id, chosen_at)
      select ${company.id}::smallint, s.contract_id, uuidv7(), null, s.mode, s.email,
        ${ORIGINS[input.origin]}, ${importId}::uuid, s.chosen_at
      from ${batch} s left join ${forgotten(company)} gone on gone.contract_id = s.contract_id
      where gone.at is null or gone.at < s.chosen_at`);
    return [];
  },
};

/**
 * Takes over how customers chose to get their bills, dated as they chose, so that nobody falls back
 * to paper at go-live (R8, R10). They belong to no account and need no confirmation; what their
 * holders choose later wins, since the date decides. Plans frozen before stay (R12).
 * @throws {ImportRefusedError} with every fault of the file; nothing is changed then
 */
export async function importChoices(
  ctx: Context<SystemActor>,
  input: ChoicesInput,
): Promise<ImportOutcome> {
  return await takeOver(ctx, CHOICES, input);
}

/** R8: electronic bills go to an address, paper ones to none. */
function rowHolds(line: number, row: Omit<ChoiceRow, "line">, faults: FaultList): boolean {
  if (row.mode === "electronic" && row.email === null) {
    faults.add({ line, column: "email", reason: "is empty, and electronic bills need an address" });
    return false;
  }
  if (row.mode === "paper" && row.email !== null) {
    faults.add({ line, column: "email", reason: "must be empty where the mode is paper" });
    return false;
  }
  return true;
}

async function findDuplicates({ db }: TxContext, table: SQL, faults: FaultList): Promise<void> {
  await addFaults(
    db,
    faults,
    sql`select line, contract_number, first from (
        select line, contract_number,
          min(line) over (partition by contract_number, chosen_at) as first
        from ${table}) seen
      where line > first order by line`,
    ({ contract_number, first }) => ({
      column: "chosen_at",
      reason: `${contract_number} has a choice of the same instant in line ${first}; only one can be the last`,
    }),
  );
}

/**
 * Says of each row whether it adds a choice, changes what was taken over for its instant, or repeats
 * it. One that a deleted account had is forgotten and stays so: its address must not come back (R7).
 */
const judged = (company: Company, table: SQL) => sql`
  select s.*, s.line as batch_at, case
      when gone.at >= s.chosen_at then 'unchanged'
      when known.id is null then 'added'
      when known.mode = s.mode and known.email is not distinct from s.email then 'unchanged'
      when known.mode = s.mode and known.email not like '%@%' then 'unchanged'
      else 'changed' end as fate
  from (
    select s.line, s.contract_number, s.mode, s.email, s.chosen_at, c.id as contract_id
    from ${table} s
    left join contracts c on c.company_id = ${company.id} and c.contract_number = s.contract_number
  ) s
  left join ${forgotten(company)} gone on gone.contract_id = s.contract_id
  left join lateral (
    select dc.id, dc.mode, dc.email from delivery_choices dc
    where dc.company_id = ${company.id} and dc.contract_id = s.contract_id
      and dc.chosen_at = s.chosen_at and dc.origin in ('import', 'paper_form')
    order by dc.id desc limit 1
  ) known on true`;

/** When an account was last deleted, once for the whole file: a look-up per row would see the table grow. */
const forgotten = (company: Company) => sql`(
  select contract_id, max(chosen_at) as at from delivery_choices
  where company_id = ${company.id} and origin = 'account_deleted' group by 1)`;

/** What the file cannot know: contracts there are not, other clocks, other holders (R5). */
async function findUnfit(
  { db }: TxContext,
  company: Company,
  table: SQL,
  faults: FaultList,
): Promise<void> {
  await addFaults(
    db,
    faults,
    sql`select line, contract_number from ${table} where contract_id is null order by line`,
    ({ contract_number }) => ({
      column: "contract_number",
      reason: `${company.slug} has no contract ${shown(String(contract_number))}; import contracts first`,
    }),
  );
  await addFaults(
    db,
    faults,
    sql`select line from ${table} where chosen_at > clock_timestamp() order by line`,
    () => ({ column: "chosen_at", reason: "is in the future; a choice must have been made" }),
  );
  await addFaults(
    db,
    faults,
    sql`select s.line, s.contract_number, c.held_since::text as held_since
      from ${table} s
      join contracts c on c.company_id = ${company.id} and c.id = s.contract_id
      left join lateral (
        select max(dc.chosen_at) as at from delivery_choices dc
        where dc.company_id = c.company_id and dc.contract_id = c.id
          and dc.origin = 'holder_changed'
      ) handed_over on true
      where s.fate <> 'unchanged' and (s.chosen_at <= handed_over.at
        or c.held_since > c.starts_on
          and (s.chosen_at at time zone 'Europe/Rome')::date < c.held_since)
      order by s.line`,
    ({ contract_number, held_since }) => ({
      column: "chosen_at",
      reason: `is before ${contract_number} changed hands on ${held_since}; only the present holder's choices count`,
    }),
  );
}
