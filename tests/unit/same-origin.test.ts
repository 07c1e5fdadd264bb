import { expect, test } from "vitest";
import { isFromHere } from "@/lib/auth/same-origin";
import { env } from "@/lib/env";

const posted = (headers: Record<string, string>) =>
  isFromHere(new Request("http://localhost/staff/imports/upload", { method: "POST", headers }));

test.each([
  [{ "sec-fetch-site": "same-origin" }, true],
  [{ "sec-fetch-site": "same-site" }, false],
  [{ "sec-fetch-site": "cross-site" }, false],
  [{ "sec-fetch-site": "none" }, false],
  [{ "sec-fetch-site": "cross-site", origin: new URL(env().APP_URL).origin }, false],
  [{ origin: new URL(env().APP_URL).origin }, true],
  [{ origin: "https://elsewhere.example" }, false],
  [{ origin: "null" }, false],
  [{}, false],
] as [Record<string, string>, boolean][])(
  "a form posted with %j is from here: %s",
  (headers, here) => {
    expect(posted(headers)).toBe(here);
  },
);
