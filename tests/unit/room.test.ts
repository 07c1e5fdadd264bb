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

  test("whoever still sends takes no room, and takes it once all is here", () => {
    const room = new Room();
    const slow: (() => void)[] = [];
    const read = Array.from({ length: 40 }, () =>
      room.receive({ come: (leave) => slow.push(leave), tooLate: () => {} }),
    );
    const { leaves } = crowd(room, 31);
    expect([slow.length, leaves.length]).toEqual([40, 30]);
    read[0]?.();
    read[0]?.();
    leaves[0]?.();
    // The one that has been read is inside now.
    expect(leaves).toHaveLength(30);
    slow[0]?.();
    slow[0]?.();
    expect(leaves).toHaveLength(31);
    // One that goes away in the middle leaves nothing behind, and is not read afterwards.
    slow[1]?.();
    read[1]?.();
    leaves[1]?.();
    leaves[2]?.();
    expect(crowd(room, 2).leaves).toHaveLength(2);
  });

  test("of those who still send the rest is turned away past three hundred, until one has gone", () => {
    const room = new Room();
    const slow: (() => void)[] = [];
    const refused = vi.fn();
    const receive = () => room.receive({ come: (leave) => slow.push(leave), tooLate: refused });
    for (let asked = 0; asked < 301; asked += 1) {
      receive();
    }
    expect([slow.length, refused.mock.calls.length]).toEqual([300, 1]);
    slow[7]?.();
    receive();
    expect(slow).toHaveLength(301);
  });

  test("past three hundred who wait the rest is turned away at once", () => {
    const { refused } = crowd(new Room(), 335);
    expect(refused).toEqual([330, 331, 332, 333, 334]);
  });
});
