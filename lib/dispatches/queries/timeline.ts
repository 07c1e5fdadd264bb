import type { Passport, PassportEvent } from "./passport";

/** What a step says; each is a text of the namespace `passport.step`. */
type StepKey =
  | "decidedElectronic"
  | "decidedEmail"
  | "decidedPaper"
  | "published"
  | "written"
  | "accepted"
  | "sentAgain"
  | "neverTaken"
  | "delayed"
  | "delivered"
  | "bounced"
  | "bouncedForNow"
  | "complained"
  | "suppressed"
  | "failed"
  | "paper"
  | "printed"
  | "opened"
  | "withdrawn";

export interface TimelineStep {
  key: StepKey;
  at: Date;
  /** A problem is something that kept the e-mail from its reader. */
  tone: "done" | "problem";
  email?: string;
  run?: string;
  /** R10's or R19's reason, a text of `passport.reason`. */
  reason?: string;
  /** The mailbox server's word: an enhanced status code (RFC 3463), or the provider's own codes. */
  code?: string;
}

const EVENT_KEYS: Record<string, StepKey> = {
  "email.delivery_delayed": "delayed",
  "email.delivered": "delivered",
  "email.bounced": "bounced",
  "email.complained": "complained",
  "email.suppressed": "suppressed",
  "email.failed": "failed",
  turned_to_paper: "paper",
  never_taken: "neverTaken",
  opened: "opened",
  withdrawn: "withdrawn",
  staff_resent: "sentAgain",
};

const PROBLEMS: readonly StepKey[] = [
  "delayed",
  "bounced",
  "bouncedForNow",
  "complained",
  "suppressed",
  "failed",
  "neverTaken",
];

/** A passport as steps in the order of time; what happened at one instant in the order of its nature. */
export function timelineOf(passport: Passport): TimelineStep[] {
  const { document, plan, dispatch, sendings, events, printedAt } = passport;
  const steps: Omit<TimelineStep, "tone">[] = [];
  if (plan) {
    steps.push({
      key: plan.mode === "electronic" ? "decidedElectronic" : "decidedPaper",
      at: plan.cutOffAt,
      run: plan.run,
      reason: plan.reason,
      ...(plan.email ? { email: plan.email } : {}),
    });
  }
  if (document.publishedAt) {
    steps.push({ key: "published", at: document.publishedAt });
  }
  for (const { email, frozenAt } of sendings) {
    steps.push({ key: "written", at: frozenAt, email });
  }
  if (dispatch?.acceptedAt) {
    steps.push({ key: "accepted", at: acceptedAt(passport, dispatch.acceptedAt) });
  }
  steps.push(...events.flatMap(stepOf));
  if (printedAt) {
    steps.push({ key: "printed", at: printedAt });
  }
  return steps
    .map((step) => ({
      ...step,
      tone: PROBLEMS.includes(step.key) ? ("problem" as const) : ("done" as const),
    }))
    .sort((one, other) => one.at.getTime() - other.at.getTime());
}

/** The provider's first event may have come before its answer was written down. */
function acceptedAt({ sendings, events }: Passport, noted: Date): Date {
  const last = sendings.at(-1);
  const first = events.find(
    ({ type, batchId }) =>
      type.startsWith("email.") && batchId !== null && batchId === last?.batchId,
  );
  return first && first.occurredAt < noted ? first.occurredAt : noted;
}

function stepOf({ type, occurredAt, detail }: PassportEvent): Omit<TimelineStep, "tone">[] {
  // Of a bill outside runs, whose address stands with its sending.
  if (type === "decided") {
    const key = detail.mode === "electronic" ? "decidedEmail" : "decidedPaper";
    return [{ key, at: occurredAt, ...(detail.reason ? { reason: detail.reason } : {}) }];
  }
  const key = EVENT_KEYS[type];
  if (!key) {
    return [];
  }
  const before: Omit<TimelineStep, "tone">[] = detail.acceptedAt
    ? [{ key: "accepted", at: new Date(detail.acceptedAt) }]
    : [];
  const code =
    detail.status ??
    ([detail.bounceType, detail.bounceSubType, detail.suppressedType, detail.failedReason]
      .filter(Boolean)
      .join(" ") ||
      undefined);
  return [
    ...before,
    {
      key: key === "bounced" && detail.bounceType !== "Permanent" ? "bouncedForNow" : key,
      at: occurredAt,
      ...(detail.reason ? { reason: detail.reason } : {}),
      ...(code ? { code } : {}),
    },
  ];
}
