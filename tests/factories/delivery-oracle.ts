import { Temporal } from "temporal-polyfill";

/**
 * R8–R13 once more in plain TypeScript, written from the design and not from the SQL, so that the two
 * can be held against each other. Instants are ISO texts in UTC with six decimals, days are local days
 * in Rome: both compare as text.
 */
export interface ContractFacts {
  startsOn: string;
  endsOn: string | null;
  /** Who holds the contract now. */
  holder: string;
  choices: ChoiceFact[];
  mandates: MandateFact[];
  /** The offers of the contract's company for its commodity. */
  discounts: DiscountFact[];
  suspensions: SuspensionFact[];
}

export interface ChoiceFact {
  id: string;
  origin: string;
  mode: "electronic" | "paper";
  email: string | null;
  chosenAt: string;
  /** Null for a choice that belongs to no account. */
  account: {
    email: string;
    deletedAt: string | null;
    dedicated: { email: string; confirmedAt: string | null }[];
  } | null;
}

export interface MandateFact {
  id: string;
  holder: string;
  status: string;
  since: string | null;
  until: string | null;
}

export interface DiscountFact {
  id: string;
  cents: number;
  basis: string;
  from: string;
  until: string | null;
}

export interface SuspensionFact {
  email: string;
  suspendedAt: string;
  liftedAt: string | null;
}

export interface Verdict {
  mode: string;
  email: string | null;
  reason: string;
  discount_cents: number;
  discount_basis: string | null;
  choice_id: string | null;
  mandate_id: string | null;
}

const ROME = "Europe/Rome";
const inRome = (at: string) => Temporal.Instant.from(at).toZonedDateTimeISO(ROME);

/** The local day in Rome of an instant. */
export const dayInRome = (at: string) => inRome(at).toPlainDate().toString();

/** R12: the contracts of a run are those that are supplied on the cut-off's day. */
export const isSupplied = ({ startsOn, endsOn }: ContractFacts, at: string) =>
  startsOn <= dayInRome(at) && (endsOn === null || dayInRome(at) <= endsOn);

/** How the bills of a contract arrive at an instant, and why (R8–R10), and what that earns (R13). */
export function judge(facts: ContractFacts, at: string): Verdict {
  const day = dayInRome(at);
  const choice = lastOf(
    facts.choices.filter(({ chosenAt }) => chosenAt <= at),
    ({ chosenAt }) => chosenAt,
  );
  const own = facts.mandates.filter(({ holder }) => holder === facts.holder);
  const mandate = lastOf(
    own.filter((one) => isActive(one, day)),
    ({ since }) => since ?? "",
  );
  const address = choice ? addressOf(choice, at) : null;
  const reason = reasonOf();
  const electronic = reason === "chosen" && choice?.mode === "electronic";
  const discount = lastOf(
    facts.discounts.filter(({ from, until }) => from <= day && (until === null || day < until)),
    ({ from }) => from,
  );
  return {
    mode: electronic ? "electronic" : "paper",
    email: electronic ? address : null,
    reason,
    discount_cents: electronic ? (discount?.cents ?? 0) : 0,
    discount_basis: electronic ? (discount?.basis ?? null) : null,
    choice_id: choice?.id ?? null,
    mandate_id: mandate?.id ?? null,
  };

  function reasonOf(): string {
    if (!choice) {
      return "no_choice";
    }
    const gone = choice.account?.deletedAt ?? null;
    if (choice.origin === "account_deleted" || (gone !== null && gone <= at)) {
      return "account_deleted";
    }
    if (!["customer", "import", "paper_form"].includes(choice.origin)) {
      return "no_choice";
    }
    if (choice.mode === "paper") {
      return "chosen";
    }
    if (!mandate) {
      const ended = own.some(
        ({ status, until }) =>
          status !== "requested" && status !== "rejected" && until !== null && until <= day,
      );
      return ended ? "mandate_ended" : "no_mandate";
    }
    const suspended = facts.suspensions.some(
      ({ email, suspendedAt, liftedAt }) =>
        email === address && suspendedAt <= at && (liftedAt === null || at < liftedAt),
    );
    return suspended ? "address_suspended" : "chosen";
  }
}

/** R8: a dedicated address counts once confirmed; one that was taken over counts as it is. */
function addressOf({ account, email }: ChoiceFact, at: string): string | null {
  if (account === null) {
    return email;
  }
  const counts = account.dedicated.some(
    (one) => one.email === email && one.confirmedAt !== null && one.confirmedAt <= at,
  );
  return counts ? email : account.email;
}

/** R10, R14: from its first day until the day before its end. */
function isActive({ status, since, until }: MandateFact, day: string): boolean {
  const began = since !== null && since <= day;
  const ended = until !== null && until <= day;
  return ["active", "revoked", "expired"].includes(status) && began && !ended;
}

/** The one with the greatest key; of equals the one that was written last, which ids tell. */
function lastOf<T extends { id: string }>(all: T[], key: (one: T) => string): T | undefined {
  return all.reduce<T | undefined>((last, one) => {
    const later = !last || key(one) > key(last) || (key(one) === key(last) && one.id > last.id);
    return later ? one : last;
  }, undefined);
}

export interface Calendar {
  cutOffDay: number;
  cutOffHour: number;
  runs: { cutOffAt: string; state: string }[];
}

/** An instant as these texts are: UTC, six decimals. */
export const stamp = (instant: Temporal.Instant) => instant.toString({ fractionalSecondDigits: 6 });

const monthOf = (at: string) => inRome(at).toPlainDate().toPlainYearMonth();

/** R12: the calendar's cut-off in the month so many months from an instant's. */
function cutOffIn({ cutOffDay, cutOffHour }: Calendar, at: string, months: number): string {
  const day = monthOf(at).add({ months }).toPlainDate({ day: cutOffDay });
  return stamp(
    day.toZonedDateTime({ timeZone: ROME, plainTime: { hour: cutOffHour } }).toInstant(),
  );
}

/** R12: the calendar alone, month after month. */
export const calendarCutOffs = (calendar: Calendar, since: string, months: number): string[] =>
  Array.from({ length: months }, (_, month) => cutOffIn(calendar, since, month));

/** Months looked through; more than the runs a test takes months away with. */
const LOOK = 8;

const isFree = ({ runs }: Calendar, cutOff: string) =>
  runs.every(({ cutOffAt }) => !monthOf(cutOffAt).equals(monthOf(cutOff)));

/** R11: the first cut-off at or after an instant. */
export function nextCutOff(calendar: Calendar, at: string): string | undefined {
  const free = calendarCutOffs(calendar, at, LOOK).filter((one) => isFree(calendar, one));
  const scheduled = calendar.runs.filter(({ state }) => state === "scheduled");
  return [...free, ...scheduled.map(({ cutOffAt }) => cutOffAt)]
    .filter((one) => one >= at)
    .sort()[0];
}

/** R11: the last cut-off before an instant: what a choice made at it does not reach. */
export function lastCutOff(calendar: Calendar, at: string): string | undefined {
  const months = Array.from({ length: LOOK }, (_, back) => cutOffIn(calendar, at, -back));
  const held = calendar.runs.filter(({ state }) => state !== "cancelled");
  return [...months.filter((one) => isFree(calendar, one)), ...held.map(({ cutOffAt }) => cutOffAt)]
    .filter((one) => one < at)
    .sort()
    .at(-1);
}
