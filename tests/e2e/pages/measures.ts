import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, Page } from "@playwright/test";
import { WCAG } from "../accessibility";

/** Layout shift of a load above which a page jumps under the reader's finger (issue 8; Google's "good" is 0.1). */
const MOST_SHIFT = 0.02;

interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Node | null }[];
}

/** Has every page of the context add up its layout shift from the first paint on. */
export async function watchLayoutShift(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const shifted = { sum: 0, nodes: [] as string[] };
    Object.assign(window, { shifted });
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
        if (!hadRecentInput) {
          shifted.sum += value;
          shifted.nodes.push(
            ...sources.map(({ node }) =>
              node instanceof Element ? node.outerHTML.slice(0, 80) : String(node?.textContent),
            ),
          );
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** The whole of it, which is never less than the CLS of its worst second. */
export async function layoutShiftFaults(page: Page): Promise<string[]> {
  const { sum, nodes } = await page.evaluate(
    () => (window as unknown as { shifted: { sum: number; nodes: string[] } }).shifted,
  );
  return sum < MOST_SHIFT ? [] : [`layout shift ${sum.toFixed(3)}: ${nodes.join(" | ")}`];
}

/** Waits until a page has what it is drawn with; a chart's program comes after the page. */
export async function settle(page: Page, withChart: boolean): Promise<void> {
  await page.waitForLoadState(withChart ? "networkidle" : "load");
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}

/**
 * What axe finds on the page as it stands in the browser. Our themes differ in colours alone
 * (app/globals.css), so in the second one only colours are looked at.
 */
export async function axeFaults(page: Page, only?: "colours"): Promise<string[]> {
  const axe = new AxeBuilder({ page })
    .options({ resultTypes: ["violations"] })
    // Mails have a test of their own, and no page's script may enter their frames.
    .exclude("iframe")
    .setLegacyMode();
  const { violations } = await (only
    ? axe.withRules(["color-contrast", "link-in-text-block"])
    : axe.withTags(WCAG)
  ).analyze();
  return violations.map(({ id, nodes }) => `axe ${id}: ${nodes.map((at) => at.html).join(" | ")}`);
}

/** What sticks out sideways, by the first words that do; nothing when the page need not be scrolled. */
export async function sidewaysFaults(page: Page, when: string): Promise<string[]> {
  const found = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) {
      return null;
    }
    const out: string[] = [];
    const range = document.createRange();
    const walker = document.createTreeWalker(document.body);
    for (let node = walker.nextNode(); node && out.length < 3; node = walker.nextNode()) {
      range.selectNode(node);
      const { right, width } = range.getBoundingClientRect();
      if (width > 0 && right > clientWidth + 0.5 && !node.hasChildNodes()) {
        const around = node.parentElement?.cloneNode() as HTMLElement | null;
        out.push(`${around?.outerHTML.slice(0, 160)} ${node.textContent?.slice(0, 60)}`);
      }
    }
    return `${scrollWidth - clientWidth} px, by ${out.join(" | ")}`;
  });
  return found === null ? [] : [`sideways scroll ${when}: ${found}`];
}

/** The reader's text twice as large, as a browser's own setting makes it: our sizes are all relative to it. */
export async function doubleText(page: Page): Promise<void> {
  await page.evaluate(() => {
    const root = document.documentElement;
    const own = Number.parseFloat(getComputedStyle(root).fontSize);
    root.style.fontSize = `${own * 2}px`;
  });
}

export async function normalText(page: Page): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "";
  });
}

/** Opens everything that can be folded away; says whether there was something. */
export async function openDisclosures(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const closed = [...document.querySelectorAll("details:not([open])")].filter((one) =>
      one.checkVisibility(),
    ) as HTMLDetailsElement[];
    for (const one of closed) {
      one.open = true;
    }
    return closed.length > 0;
  });
}
