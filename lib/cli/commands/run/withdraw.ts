import { readFile } from "node:fs/promises";
import {
  type ApproveWithdrawalFailure,
  approveWithdrawal,
} from "@/lib/documents/commands/approve-withdrawal";
import {
  type Withdrawal,
  type WithdrawFailure,
  withdrawDocuments,
} from "@/lib/documents/commands/withdraw-documents";
import {
  type AskedBill,
  listAskedBills,
  withdrawalRows,
} from "@/lib/documents/queries/withdrawals";
import { RefusalError } from "@/lib/errors";
import type { RunReference } from "@/lib/runs/queries/run";
import type { AddStep, RunOperator, StepOptions } from "./step";

/** How many bill numbers a sentence names. */
const NAMED = 10;
/** What is longer than a bill number can be is shown so far. */
const NUMBER_MAX = 40;

interface WithdrawOptions extends StepOptions {
  bill?: string[];
  bills?: string;
  reason?: string;
}

/** Adds `run withdraw`. */
export function addWithdrawCommand(add: AddStep): void {
  add<WithdrawOptions>(
    "withdraw",
    "take wrong bills back, of a run or wherever they are; many need another person's approval",
    withdraw,
  )
    .option("--bill <number...>", "their numbers")
    .option("--bills <file>", "a file with one number a line")
    .option("--reason <text>", "why; the customers read it");
}

async function withdraw(
  operator: RunOperator,
  reference: RunReference,
  { bill = [], bills, reason = "" }: WithdrawOptions,
): Promise<void> {
  const { company } = reference;
  const run = reference.run === "" ? undefined : reference.run;
  const billNumbers = [...bill, ...(bills === undefined ? [] : await numbersIn(bills))];
  const asked = await withdrawDocuments(operator.ctx, { company, run, billNumbers, reason });
  if (!asked.ok) {
    const found = await listAskedBills(operator.ctx, { company, run, billNumbers });
    const named = (state: AskedBill["state"]) =>
      namesOf(found.filter((one) => one.state === state));
    const sentences: Record<WithdrawFailure, string> = {
      reason_missing: "Say why they are withdrawn, with --reason; the customers read it.",
      reason_too_long: "The reason is too long; say it with --reason in 500 characters at most.",
      no_bills: "Say which bills, with --bill or --bills.",
      unknown_bill: `${run ? `Run ${run} of ${company}` : company} has no bill ${named("unknown")}; nothing was withdrawn.`,
      not_published: `Not published, so nobody knows of it yet: ${named("not_published")}; import the right one over it.`,
      already_withdrawn: `Withdrawn before: ${named("withdrawn")}; leave it out.`,
    };
    throw new RefusalError(sentences[asked.code]);
  }
  await tell(operator, company, asked.value);
}

/** Carries out a large withdrawal that another person asked for: `run approve --withdrawal`. */
export async function approveTheWithdrawal(
  operator: RunOperator,
  { company }: RunReference,
  withdrawalId: string,
): Promise<void> {
  const approved = await approveWithdrawal(operator.ctx, { company, withdrawalId });
  if (!approved.ok) {
    const sentences: Record<ApproveWithdrawalFailure, string> = {
      same_person: "You asked for this withdrawal yourself; another person must approve it.",
      already_carried_out: "This withdrawal was carried out already.",
    };
    throw new RefusalError(sentences[approved.code]);
  }
  await tell(operator, company, approved.value);
}

async function tell(operator: RunOperator, company: string, done: Withdrawal): Promise<void> {
  const { withdrawalId, documents, carriedOut, told } = done;
  const rows = await withdrawalRows(operator.ctx, { company, withdrawalId });
  operator.answer({ company, ...done, bills: rows }, [
    carriedOut
      ? `Documents withdrawn: ${documents}; customers told by e-mail: ${told}.`
      : `Documents that wait for another person: ${documents}; run approve --withdrawal ${withdrawalId}`,
    ...rows.map(
      (row) =>
        `${row.billNumber}, contract ${row.contractNumber}: ` +
        { email: "told by e-mail", paper: "goes or went on paper", nobody: "nobody was told" }[
          row.told
        ],
    ),
  ]);
}

async function numbersIn(file: string): Promise<string[]> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new RefusalError(`${file} cannot be read; say a file with one bill number a line.`);
  });
  return text
    .replace(/^\uFEFF/, "")
    .split(/\p{Cc}+/u)
    .map((number) => number.trim())
    .filter(Boolean);
}

function namesOf(bills: AskedBill[]): string {
  const names = bills.slice(0, NAMED).map(({ billNumber }) => billNumber.slice(0, NUMBER_MAX));
  const more = bills.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
