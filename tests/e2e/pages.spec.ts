import { expect, test } from "@playwright/test";
import { builtPages } from "./authorisation/build";
import { readDemoFile } from "./mailbox";
import { HEIGHT } from "./pages/looks";
import { markupFaults } from "./pages/markup";
import {
  doubleText,
  layoutShiftFaults,
  settle,
  sidewaysFaults,
  watchLayoutShift,
} from "./pages/measures";
import { STATES } from "./pages/states";
import { signInAt } from "./sign-in";

const STRANGERS = ["/", "/login", "/signup"];
const CUSTOMERS = ["/overview", "/bills", "/delivery", "/consumption", "/contracts"];

test("R29 each page of the build has a row of states, and each row its page", () => {
  expect(Object.keys(STATES).sort()).toEqual(builtPages());
});

/** A small part of tests/e2e/full/pages.spec.ts, in German for its long words. */
test("R29 the pages of each day are valid, hold still, and need no sideways scroll", async ({
  browser,
}) => {
  const context = await browser.newContext({
    ...{ baseURL: readDemoFile().url, viewport: { width: 320, height: HEIGHT } },
  });
  await watchLayoutShift(context);
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") {
      wrong.push(`${page.url()}: ${message.text()}`);
    }
  });
  page.on("pageerror", ({ message }) => wrong.push(`${page.url()}: ${message}`));
  const look = async (address: string) => {
    const answer = await page.goto(`/de${address}`);
    await settle(page, false);
    const faults = [
      ...(await markupFaults((await answer?.text()) ?? "")),
      ...(await layoutShiftFaults(page)),
      ...(await sidewaysFaults(page, "at 320 px")),
    ];
    await page.setViewportSize({ width: 640, height: HEIGHT });
    await doubleText(page);
    faults.push(...(await sidewaysFaults(page, "with text of 200 % at 640 px")));
    await page.setViewportSize({ width: 320, height: HEIGHT });
    wrong.push(...faults.map((fault) => `${address}: ${fault}`));
  };
  for (const address of STRANGERS) {
    await look(address);
  }
  const [customer] = readDemoFile().customers;
  await signInAt(page, "/de/login", customer ?? { email: "", password: "" });
  await page.waitForURL("**/overview");
  for (const address of CUSTOMERS) {
    await look(address);
  }
  await context.close();
  expect(wrong).toEqual([]);
});
