import fc from "fast-check";
import { expect, test } from "vitest";
import { DARK, LIGHT, readable, textOn } from "@/emails/parts/colours";
import { contrast } from "@/lib/companies/colour";

const colour = fc
  .integer({ min: 0, max: 0xffffff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

test("whatever a company's accent, text in it and on it can be read in mails", () => {
  fc.assert(
    fc.property(colour, (accent) => {
      for (const background of [LIGHT.panel, LIGHT.surface, DARK.panel, DARK.surface]) {
        const shown = readable(accent, background);
        expect(contrast(shown, background)).toBeGreaterThanOrEqual(4.5);
        expect(contrast(textOn(shown), shown)).toBeGreaterThanOrEqual(4.5);
      }
    }),
  );
});
