const STAMP = {
  says: "with stamp as ( select chosen_at from delivery_choices where company_id = $1 and contract_id = $2 and id = $3",
  because:
    "reads the instant of one choice by its key, and judges by it each contract that was changed together with it",
};

/** A join that does without a key, and why it may. */
interface Exception {
  /** What the statement says, white space apart. */
  says: string;
  /** Whose rows meet, as `keyFaults` tells it. */
  fault: string;
  because: string;
}

/** The list only shrinks: what is new carries its keys. */
export const EXCEPTIONS: Exception[] = [
  { ...STAMP, fault: "contracts, stamp: not by one company" },
  { ...STAMP, fault: "contracts, stamp: not by one contract" },
  {
    says: "WHERE l.account_id = me.id AND l.company_id = own.company_id AND l.ended_at IS NULL",
    fault: "l, own: not by one contract",
    because:
      "own_holder_contracts asks whether the account has any other contract of the company: a handful of rows of one holder",
  },
];

/** Whether a join without its key is one of the exceptions. */
export function mayMeet(statement: string, fault: string): boolean {
  const flat = statement.replaceAll(/\s+/g, " ");
  return EXCEPTIONS.some((one) => one.fault === fault && flat.includes(one.says));
}
