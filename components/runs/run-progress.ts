import type { RunSheet } from "@/lib/runs/queries/run-sheet";

export type StepName =
  | "scheduled"
  | "frozen"
  | "loaded"
  | "approved"
  | "published"
  | "reconciled"
  | "closed"
  | "cancelled";

export interface ProgressStep {
  name: StepName;
  state: "done" | "current" | "waiting";
  at: Date | null;
  /** Who did it; null where nobody is recorded. */
  who: string | null;
}

/** Dispatches whose outcome is still to come. */
const UNDER_WAY = ["queued", "batched", "accepted", "delayed"] as const;

/** How the audit log names what leads to a step. */
const ACTIONS: Partial<Record<StepName, string[]>> = {
  scheduled: ["opened_run", "scheduled_run"],
  frozen: ["froze_run"],
  approved: ["approved_run"],
  published: ["published_run"],
  closed: ["closed_run"],
  cancelled: ["cancelled_run"],
};

type Progress = Pick<
  RunSheet,
  | "state"
  | "openedAt"
  | "frozenAt"
  | "loadedAt"
  | "publishedAt"
  | "closedAt"
  | "cancelledAt"
  | "approval"
  | "dispatches"
  | "events"
>;

/** E-mails and batches whose outcome is still to come. */
export function underWay({ dispatches }: Pick<RunSheet, "dispatches">): number {
  return UNDER_WAY.reduce((sum, state) => sum + (dispatches[state] ?? 0), 0);
}

/** An approval that lets the actor publish: of what is there now, by somebody else. */
export const standingApproval = ({ approval }: Pick<RunSheet, "approval">) =>
  approval.given.findLast(({ stands, mine }) => stands && !mine);

/** The steps of a run in order, with the one it stands at; what was cancelled has no further one. */
export function progressOf(run: Progress): ProgressStep[] {
  const approved = run.approval.given.findLast(({ stands }) => stands) ?? null;
  const loaded = ["loaded", "published", "closed"].includes(run.state);
  const dates: [StepName, Date | null][] = [
    ["scheduled", run.openedAt],
    ["frozen", run.frozenAt],
    ["loaded", loaded || run.state === "cancelled" ? run.loadedAt : null],
    ["approved", approved?.approvedAt ?? null],
    ["published", run.publishedAt],
    ["reconciled", run.closedAt],
    ["closed", run.closedAt],
  ];
  const shown = dates.filter(
    ([name]) => name !== "approved" || run.approval.needed || approved !== null,
  );
  if (run.state === "cancelled") {
    const done = shown.filter(([, at]) => at !== null);
    return [...done, ["cancelled", run.cancelledAt] as const].map(([name, at]) =>
      step(run, name, at, "done"),
    );
  }
  const next = shown.findIndex(
    ([name, at]) => at === null && !(name === "approved" && run.publishedAt),
  );
  return shown.map(([name, at], place) =>
    step(run, name, at, place === next ? "current" : next < 0 || place < next ? "done" : "waiting"),
  );
}

function step(
  { events }: Progress,
  name: StepName,
  at: Date | null,
  state: ProgressStep["state"],
): ProgressStep {
  const actions = ACTIONS[name] ?? [];
  const event =
    state === "done" ? events.find(({ action }) => actions.includes(action)) : undefined;
  return { name, state, at: state === "done" ? at : null, who: event?.who ?? null };
}
