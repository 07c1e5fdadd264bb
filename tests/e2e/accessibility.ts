import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Page } from "@playwright/test";

export const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What was looked at already: journeys come by the same page in the same state again and again. */
const looked = new Set<string>();

/** A page by its address without what is somebody's, and by all kinds of elements that it has. */
function kindsOf(url: string, html: string, colorScheme: string): string {
  const path = new URL(url).pathname.replace(/\/[^/]*\d[^/]*/g, "/…");
  const kinds = new Set<string>();
  for (const [, tag, attributes = ""] of html.matchAll(/<([a-z][a-z0-9]*)\b([^>]*)>/g)) {
    const told =
      attributes.match(/\b(class|role|type)="[^"]*"|\b(aria-[a-z]+|disabled|open)\b/g) ?? [];
    kinds.add(`${tag} ${told.sort().join(" ")}`);
  }
  return [path, colorScheme, ...[...kinds].sort()].join("\n");
}

/**
 * Expects no violation on the page as it stands; but for the full run one and the same page is looked at once. axe needs scripts, so the document is looked at in
 * a page of its own that has them, without the application's: answers to a form posted without
 * JavaScript are checked as they are.
 */
export async function expectAccessible(
  browser: Browser,
  page: Page,
  colorScheme: "light" | "dark" = "light",
): Promise<void> {
  // After a navigation in the browser the title follows the address.
  await expect(page).toHaveTitle(/\S/);
  const url = page.url();
  const html = (await page.content())
    .replace(/<script\b[\s\S]*?<\/script>/g, "")
    .replace("<head>", `<head><base href="${url}">`);
  const kinds = kindsOf(url, html, colorScheme);
  if (looked.has(kinds) && !process.env.FULL) {
    return;
  }
  looked.add(kinds);
  const context = await browser.newContext({
    viewport: page.viewportSize(),
    javaScriptEnabled: true,
    colorScheme,
  });
  try {
    const checker = await context.newPage();
    await checker.setContent(html, { waitUntil: "load" });
    const { violations } = await new AxeBuilder({ page: checker }).withTags(WCAG).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    expect(found, `accessibility of ${url}`).toEqual([]);
  } finally {
    await context.close();
  }
}

/** Expects that nothing sticks out sideways at 320 px, then goes back to the page's own width. */
export async function expectFitsNarrow(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, `sideways scroll at 320 px of ${page.url()}`).toBeLessThanOrEqual(0);
  if (before) {
    await page.setViewportSize(before);
  }
}
