import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  COMPLAINT_KEPT_YEARS,
  MAIL_OF_NOBODY_KEPT_DAYS,
  SENT_BEFORE_RESTORE_KEPT_DAYS,
  SESSION_KEPT_DAYS,
  SIGNUP_KEPT_DAYS,
} from "@/lib/accounts/rules";
import { PHOTO_KEPT_DAYS } from "@/lib/consumption/rules";
import { MESSAGES } from "@/lib/i18n/messages";

const README = readFileSync("README.md", "utf8");
const PAGE = readFileSync("app/[locale]/(public)/privacy/page.tsx", "utf8");

/** The table of retention: what, and for how long. */
const TABLE = new Map(
  (README.split("### What is kept, and for how long")[1]?.split("\n###")[0] ?? "")
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 5)
    .map(([, what = "", time = ""]) => [what, time]),
);
const timeOf = (beginning: string) =>
  [...TABLE].find(([what]) => what.startsWith(beginning))?.[1] ?? "no such row";

describe("what is kept, and for how long", () => {
  test.each([
    ["registrations", `${SIGNUP_KEPT_DAYS} days`],
    ["sessions", `${SESSION_KEPT_DAYS} days`],
    ["mails of no account", `${MAIL_OF_NOBODY_KEPT_DAYS} days`],
    ["complaints", `${COMPLAINT_KEPT_YEARS} years`],
    ["photos of meters", `${PHOTO_KEPT_DAYS} days`],
    ["mails that a restored database", `${SENT_BEFORE_RESTORE_KEPT_DAYS} days`],
  ])("the README says of %s what the job does: %s", (what, time) => {
    expect(timeOf(what)).toContain(time);
  });

  test("the privacy page shows every row it has words for, in each language", () => {
    const [, listed = ""] = /const KEPT = \[([^\]]*)\]/.exec(PAGE) ?? [];
    const rows = [...listed.matchAll(/"(\w+)"/g)].map(([, row]) => row).sort();
    expect(rows).toContain("photos");
    for (const messages of Object.values(MESSAGES)) {
      expect(Object.keys(messages.privacy.kept).sort()).toEqual(rows);
    }
  });
});
