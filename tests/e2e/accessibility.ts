import AxeBuilder from "@axe-core/playwright";
import { type Browser, expect, type Page } from "@playwright/test";

export const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Expects no violation on the page as it stands. axe needs scripts, so the document is looked at in
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
