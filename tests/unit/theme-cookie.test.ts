import { afterEach, describe, expect, test, vi } from "vitest";

const jar = vi.hoisted(() => ({
  value: undefined as string | undefined,
  set: [] as unknown[][],
}));
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: () => (jar.value === undefined ? undefined : { value: jar.value }),
    set: (...given: unknown[]) => jar.set.push(given),
  }),
}));

afterEach(() => {
  vi.unstubAllEnvs();
  jar.value = undefined;
  jar.set = [];
});

/** The module as it is in a process with that address: the environment is read once. */
async function at(appUrl: string) {
  vi.resetModules();
  vi.stubEnv("APP_URL", appUrl);
  return await import("@/lib/accounts/theme");
}

describe("the cookie of light and dark", () => {
  test("is the host's alone on https, and kept for a year", async () => {
    const { chooseTheme } = await at("https://sportello.example");
    await chooseTheme("dark");
    const kept = { httpOnly: true, path: "/", secure: true, sameSite: "lax" };
    expect(jar.set).toEqual([
      ["__Host-sportello.theme", "dark", { ...kept, maxAge: 365 * 86_400 }],
    ]);
    await chooseTheme("system");
    expect(jar.set[1]).toEqual(["__Host-sportello.theme", "", { ...kept, maxAge: 0 }]);
  });

  test.each([
    ["light", "light"],
    ["dark", "dark"],
    [undefined, "system"],
    ['"><script>', "system"],
  ])("%s is read as %s", async (value, theme) => {
    const { chosenTheme } = await at("http://localhost:3000");
    jar.value = value;
    expect(await chosenTheme()).toBe(theme);
  });
});
