import { describe, expect, test } from "vitest";
import { progressOf, standingApproval, underWay } from "@/components/runs/run-progress";

const at = (day: number) => new Date(Date.UTC(2026, 10, day));

const run: Parameters<typeof progressOf>[0] = {
  state: "scheduled",
  openedAt: at(1),
  frozenAt: null,
  loadedAt: null,
  publishedAt: null,
  closedAt: null,
  cancelledAt: null,
  approval: { above: 1_000, needed: false, given: [] },
  dispatches: {},
  events: [{ at: at(1), action: "scheduled_run", who: "worker" }],
};

const approval = {
  person: "staff:1",
  who: "Anna",
  documents: 2,
  approvedAt: at(4),
  stands: true,
  mine: false,
};

const shown = (over: Partial<typeof run>) =>
  progressOf({ ...run, ...over }).map(({ name, state }) => `${name} ${state}`);

describe("the steps of a run", () => {
  test("R12 what is scheduled waits for its freeze", () => {
    expect(shown({})).toEqual([
      "scheduled done",
      "frozen current",
      "loaded waiting",
      "published waiting",
      "reconciled waiting",
      "closed waiting",
    ]);
    expect(progressOf(run)[0]).toMatchObject({ at: at(1), who: "worker" });
  });

  test("the approval is a step only where one is needed or given", () => {
    const loaded = { state: "loaded", frozenAt: at(2), loadedAt: at(3) } as const;
    expect(shown(loaded)).toContain("published current");
    const needed = { above: 1, needed: true, given: [] };
    expect(shown({ ...loaded, approval: needed })).toEqual(
      expect.arrayContaining(["approved current", "published waiting"]),
    );
    const given = { ...needed, given: [approval] };
    expect(shown({ ...loaded, approval: given })).toEqual(
      expect.arrayContaining(["approved done", "published current"]),
    );
  });

  test("an approval of one's own, or of other documents, does not let one publish", () => {
    const of = (given: typeof run.approval.given) =>
      standingApproval({ approval: { above: 1, needed: true, given } });
    expect(of([approval])).toBe(approval);
    expect(of([{ ...approval, mine: true }])).toBeUndefined();
    expect(of([{ ...approval, stands: false }])).toBeUndefined();
  });

  test("R20 what is published is reconciled next, what is closed is done", () => {
    const dates = { frozenAt: at(2), loadedAt: at(3), publishedAt: at(4) };
    expect(shown({ ...dates, state: "published" })).toEqual(
      expect.arrayContaining(["published done", "reconciled current", "closed waiting"]),
    );
    const closed = shown({ ...dates, closedAt: at(5), state: "closed" });
    expect(closed.every((step) => step.endsWith("done"))).toBe(true);
    expect(underWay({ dispatches: { queued: 1, accepted: 2, delivered: 4, paper: 8 } })).toBe(3);
  });

  test("a cancelled run has no further step", () => {
    const cancelled = { state: "cancelled", frozenAt: at(2), cancelledAt: at(3) } as const;
    expect(shown(cancelled)).toEqual(["scheduled done", "frozen done", "cancelled done"]);
  });
});
