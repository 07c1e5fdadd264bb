import { expect, test } from "vitest";
import { programArguments } from "@/lib/imports/program";

test("a program is started from its source in a clone, and not at all where it was not brought along", () => {
  expect(programArguments("e-invoices/read-process")).toEqual([
    "--import",
    "tsx",
    expect.stringMatching(/lib\/imports\/e-invoices\/read-process\.ts$/),
  ]);
  // As in a function of Vercel: one process reads then.
  expect(programArguments("e-invoices/none")).toBeNull();
});
