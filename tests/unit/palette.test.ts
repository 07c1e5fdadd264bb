import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { contrast, mixed } from "@/lib/companies/colour";
import {
  accentContrast,
  accentIn,
  OWN_ACCENT,
  PALETTE,
  TEXT_CONTRAST,
  THEMES,
  type Token,
  tokenIn,
} from "@/lib/companies/palette";
import { companySchema, companySettingsSchema } from "@/lib/companies/schema";

const css = readFileSync("app/globals.css", "utf8");

describe("R29 colours", () => {
  test("the style sheet has the palette's values, and no others", () => {
    const written = [...css.matchAll(/^ {2}--([a-z0-9-]+): light-dark\((#\w{6}), (#\w{6})\);$/gm)];
    expect(Object.fromEntries(written.map(([, name, ...pair]) => [name, pair]))).toEqual(PALETTE);
    expect(css).toContain(`--company: ${OWN_ACCENT};`);
    expect(css).toContain("color-mix(in oklab, var(--company) 48%, white)");
  });

  // Measured in a browser: `color-mix(in oklab, … 48%, white)`.
  test.each([
    ["#0b5a68", "#8fadb4"],
    ["#a13d12", "#d7a28f"],
    ["#000000", "#696969"],
  ])("the dark theme's accent of %s is %s", (company, accent) => {
    expect(accentIn("dark", company)).toBe(accent);
    expect(mixed(company, "#ffffff", 1)).toBe(company);
  });

  test.each(THEMES)("text is read on what it stands on: %s", (theme) => {
    const on = (text: Token, behind: Token) =>
      contrast(tokenIn(theme, text), tokenIn(theme, behind));
    const pairs = [
      ...(["ink", "muted", "danger"] as const).flatMap((text) =>
        (["surface", "panel"] as const).map((behind) => [text, behind] as const),
      ),
      ...(["danger", "success", "warning"] as const).map((text) => [text, `${text}-soft`] as const),
      ["ink", "danger-soft"] as const,
    ];
    const low = pairs.filter(([text, behind]) => on(text, behind) < TEXT_CONTRAST);
    expect(low).toEqual([]);
    // What only frames a field needs less: WCAG 2.2, 1.4.11.
    expect(on("field-line", "panel")).toBeGreaterThanOrEqual(3);
    expect(accentContrast(theme, OWN_ACCENT)).toBeGreaterThanOrEqual(TEXT_CONTRAST);
  });
});

describe("a company's accent", () => {
  const refusal = (accentColor: string) => {
    const parsed = companySettingsSchema.safeParse({ accentColor });
    return parsed.success ? null : parsed.error.issues.map(({ message }) => message);
  };

  test.each(["#1f4e9c", "#a13d12", "#0b6a73"])("%s is read in both themes", (colour) => {
    expect(refusal(colour)).toBeNull();
  });

  test.each([
    ["teal", "must be a colour such as #0b5a68"],
    [
      "#e8a200",
      "must be darker: in the light theme its contrast is 2.0 : 1, and text needs 4.5 : 1",
    ],
    [
      "#000000",
      "must be lighter: in the dark theme, which mixes it with white, its contrast is 2.9 : 1, and text needs 4.5 : 1",
    ],
  ])("%s is refused in one sentence", (colour, sentence) => {
    expect(refusal(colour)).toEqual([sentence]);
    const parsed = companySchema.shape.accentColor.safeParse(colour);
    expect(parsed.success).toBe(false);
  });
});
