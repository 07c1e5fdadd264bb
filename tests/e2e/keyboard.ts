import { expect, type Locator, type Page } from "@playwright/test";

/** More stops than any page has on the way to what a task needs. */
const MOST_STOPS = 90;

/**
 * Goes on with the tabulator until the element has the focus, as somebody does who has no mouse. At
 * every stop the focus must be on something that is in sight, not covered, and marked (WCAG 2.4.7, 2.4.11).
 */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    const fault = await page.evaluate(focusFault);
    expect(fault, `stop ${stop + 1} on the way to ${target} at ${page.url()}`).toBeNull();
    if (await target.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  throw new Error(`${target} is not reached by the keyboard at ${page.url()}`);
}

/** Reaches the element and presses a key on it. */
export async function pressOn(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

/** Reaches a field and types. */
export async function typeInto(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  // What stood there is marked by the tabulator, and so typed over.
  await page.keyboard.type(text);
  await expect(target).toHaveValue(text);
}

/** Expects the focus on an element within this one, or on itself: never nowhere. */
export async function expectFocusIn(target: Locator): Promise<void> {
  await expect
    .poll(() => target.evaluate((element) => element.contains(document.activeElement)))
    .toBe(true);
}

/** Runs in the page. */
function focusFault(): string | null {
  const found = document.activeElement;
  if (!found || found === document.body) {
    return "the focus is nowhere";
  }
  const name = found.outerHTML.slice(0, 120);
  const { outlineStyle, outlineWidth } = getComputedStyle(found);
  if (outlineStyle === "none" || Number.parseFloat(outlineWidth) === 0) {
    return `no mark on ${name}`;
  }
  const { left, right, top, bottom } = found.getBoundingClientRect();
  const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
  const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
  const there = document.elementFromPoint(x, y);
  const seen = there !== null && (found.contains(there) || there.contains(found));
  return seen ? null : `out of sight, or under ${there?.outerHTML.slice(0, 80)}: ${name}`;
}
