import { expect, test } from "vitest";
import { withRoom } from "@/lib/api/v1/upload-room";

const GB = 1024 ** 3;
const roomOf = (free: number) => ({ usable: async () => free });

/** Bodies that are under way until `end` is called. */
function underWay(bytes: (number | null)[], free = 100 * GB) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const all = bytes.map((one) => withRoom(one, () => ended, roomOf(free)));
  return { end, all };
}

const refused = async (work: Promise<unknown>) =>
  await work.then(
    () => null,
    ({ code, extras, message }) => [code, extras.headers["Retry-After"], message],
  );

test("four large bodies come at once, the fifth is told when to try again; small ones always pass", async () => {
  const { end, all } = underWay([2 * GB, 2 * GB, GB, 17 * 1024 ** 2]);
  expect(await refused(withRoom(GB, async () => "no", roomOf(100 * GB)))).toEqual([
    "busy",
    "60",
    "4 large files are being received already; send this one in a minute.",
  ]);
  expect(await withRoom(1_000, async () => "small", roomOf(100 * GB))).toBe("small");
  // How long one is whose length nobody knew shows while it comes.
  const growing = (bytes: number) =>
    withRoom(null, async (came) => came(bytes), roomOf(100 * GB)).then(() => null);
  expect(await growing(15 * 1024 ** 2)).toBeNull();
  expect((await refused(growing(17 * 1024 ** 2)))?.[0]).toBe("busy");
  end();
  await Promise.all(all);
  expect(await withRoom(GB, async () => "later", roomOf(100 * GB))).toBe("later");
});

test("a body that the disk has no room for beside those under way is refused before a byte of it came", async () => {
  const { end, all } = underWay([2 * GB], 7 * GB);
  let began = false;
  const second = withRoom(
    2 * GB,
    async () => {
      began = true;
    },
    roomOf(7 * GB),
  );
  expect((await refused(second))?.[0]).toBe("busy");
  expect(began).toBe(false);
  end();
  await Promise.all(all);
  expect(await withRoom(2 * GB, async () => "alone", roomOf(7 * GB))).toBe("alone");
});

test("a disk that is full by then is told alike", async () => {
  const full = () => Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC" }));
  expect((await refused(withRoom(null, full, roomOf(GB))))?.[0]).toBe("busy");
});

test("what fails gives its room back", async () => {
  for (let at = 0; at < 6; at += 1) {
    const broken = withRoom(GB, () => Promise.reject(new Error("broke off")), roomOf(9 * GB));
    await expect(broken).rejects.toThrow("broke off");
  }
});
