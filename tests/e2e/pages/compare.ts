import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, type Locator, type Page, test } from "@playwright/test";
import type { Language } from "@/lib/i18n/languages";
import { openLook } from "./inspect";
import { type Contexts, type Look, lookName } from "./looks";
import { markupFaults } from "./markup";
import { settle } from "./measures";
import type { PageWorld } from "./visitors";

interface Pair {
  world: PageWorld;
  language: Language;
  width: number;
  withScripts: Contexts;
  without: Contexts;
}

/** Where a page with JavaScript is another: a drawing by another program in the place of the server's. */
const drawings = (page: Page): Locator[] => [page.locator("figure div[aria-hidden=true]")];

async function picture(page: Page): Promise<Buffer> {
  // A field that has the focus, or what the answer to a form gave it to, is marked in one way only.
  // A bar that stays in sight lies where the page was scrolled to.
  await page.evaluate(() => {
    (document.activeElement as HTMLElement | null)?.blur();
    scrollTo(0, 0);
  });
  return await page.screenshot({
    ...{ fullPage: true, animations: "disabled" as const, mask: drawings(page) },
  });
}

/**
 * The same look with and without JavaScript, brought about by the same clicks: the pictures must be
 * the same to a thousandth of their dots, and the document that answered without JavaScript valid.
 */
export async function expectSameWithout(look: Look, pair: Pair): Promise<string[]> {
  const plain = await openLook(look, { ...pair, contexts: pair.without });
  const scripted = await openLook(look, { ...pair, contexts: pair.withScripts });
  const where = `${look.at(pair.world)} ${look.state} (${look.visitor})`;
  try {
    await look.act?.(plain.page);
    await look.act?.(scripted.page);
    await settle(scripted.page, false);
    const name = [`${pair.width}-without-javascript`, `${lookName(look)}.png`];
    const expected = test.info().snapshotPath(...name);
    mkdirSync(path.dirname(expected), { recursive: true });
    writeFileSync(expected, await picture(plain.page));
    const actual = await picture(scripted.page);
    expect.soft(actual, where).toMatchSnapshot(name, { maxDiffPixelRatio: 0.001 });
    return (await markupFaults(await plain.html())).map((fault) => `${where}: markup ${fault}`);
  } catch (error) {
    return [`${where}: ${error instanceof Error ? error.message : error}`];
  } finally {
    await plain.page.close();
    await scripted.page.close();
  }
}
