import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Room } from "@/lib/room";

/** Enters so many; `leaves` are of those inside. */
function crowd(room: Room, count: number) {
  const leaves: (() => void)[] = [];
  const refused: number[] = [];
  const goAway = Array.from({ length: count }, (_, at) =>
    room.enter({ come: (leave) => leaves.push(leave), tooLate: () => refused.push(at) }),
  );
  return { leaves, refused, goAway };
}

describe("the room of a process", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  test("thirty are worked on, the next comes in when one has left, in order", () => {
    const { leaves, goAway } = crowd(new Room(), 33);
    expect(leaves).toHaveLength(30);
    goAway[30]?.();
    leaves[3]?.();
    leaves[3]?.();
    expect(leaves).toHaveLength(31);
  });

  test("whoever has waited three seconds is turned away, and comes in no more", () => {
    const { leaves, refused } = crowd(new Room(), 31);
    vi.advanceTimersByTime(3_000);
    expect(refused).toEqual([30]);
    leaves[0]?.();
    expect(leaves).toHaveLength(30);
  });

  test("past three hundred who wait the rest is turned away at once", () => {
    const { refused } = crowd(new Room(), 335);
    expect(refused).toEqual([330, 331, 332, 333, 334]);
  });
});
