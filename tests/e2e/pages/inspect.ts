import type { Page } from "@playwright/test";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { type Contexts, HEIGHT, type Look, lookName, THEMES, type WIDTHS } from "./looks";
import { markupFaults } from "./markup";
import {
  axeFaults,
  doubleText,
  layoutShiftFaults,
  normalText,
  openDisclosures,
  settle,
  sidewaysFaults,
} from "./measures";
import { screenshotPath } from "./screenshots";
import type { PageWorld } from "./visitors";

/** A text's key in place of the text: `bills.title`. An address or a unit is none. */
const KEY = /\b[a-z]+[A-Za-z]*\.(?!example|kWh)[a-z]+[A-Z]\w*\b/;

interface Seat {
  world: PageWorld;
  contexts: Contexts;
  language: Language;
  width: (typeof WIDTHS)[number];
}

/** A page in one of its states, in a browser of its own: open, with what it said on the way. */
export interface Opened {
  page: Page;
  said: string[];
  /** The document as it was served last. */
  html: () => Promise<string>;
}

/** Opens a look's page and brings it into its state. */
export async function openLook(look: Look, seat: Omit<Seat, "width">): Promise<Opened> {
  const context = await seat.contexts.of(look.visitor);
  const page = await context.newPage();
  const said: string[] = [];
  let html = async () => "";
  page.on("pageerror", ({ message }) => said.push(`page error: ${message}`));
  page.on("console", (message) => {
    // A mail's frame takes no scripts, the tests' own neither.
    if (message.type() === "error" && !message.text().startsWith("Blocked script execution in")) {
      said.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  page.on("response", (answer) => {
    if (answer.request().isNavigationRequest() && answer.frame() === page.mainFrame()) {
      html = () => answer.text();
    }
  });
  const answer = await page.goto(localizedPath(seat.language, look.at(seat.world)));
  if (answer?.request().redirectedFrom()) {
    said.push(`leads to ${page.url()}`);
  }
  // Without JavaScript nothing comes after the page, and no script of ours could wait for it.
  if (seat.contexts.scripts) {
    await settle(page, /consumption|overview|design/.test(look.route));
  }
  return { page, said, html: () => html() };
}

/** Looks at one page in one state, in both themes; answers what is wrong, a sentence each. */
export async function inspect(look: Look, seat: Seat): Promise<string[]> {
  const { page, said, html } = await openLook(look, seat);
  const wrong: string[] = [];
  try {
    wrong.push(...(await markupFaults(await html())).map((fault) => `markup ${fault}`));
    wrong.push(...(await layoutShiftFaults(page)));
    await look.act?.(page);
    wrong.push(...(await wordFaults(page, seat.language)));
    wrong.push(...(await sidewaysFaults(page, `at ${seat.width} px`)));
    wrong.push(...(await axeFaults(page)));
    await takeScreenshots(page, look, seat);
    if (await openDisclosures(page)) {
      const opened = [...(await axeFaults(page)), ...(await sidewaysFaults(page, "unfolded"))];
      wrong.push(...opened.map((fault) => `with all unfolded: ${fault}`));
    }
    await page.emulateMedia({ colorScheme: "dark" });
    wrong.push(...(await axeFaults(page, "colours")).map((fault) => `dark: ${fault}`));
    await page.emulateMedia({ colorScheme: "light" });
    if (seat.width === 1280) {
      wrong.push(...(await zoomFaults(page)));
    }
  } catch (error) {
    wrong.push(`cannot be looked at: ${error instanceof Error ? error.message : error}`);
  }
  wrong.push(...said.filter((sentence) => !isOwnNotFound(look, sentence)));
  await page.close();
  const where = `${look.at(seat.world)} ${look.state} (${look.visitor})`;
  const faults = [...new Set(wrong)].map((fault) => `${where}: ${fault}`);
  // Told at once: the last page comes minutes later.
  for (const fault of faults) {
    console.log(fault);
  }
  return faults;
}

async function takeScreenshots(page: Page, look: Look, seat: Seat): Promise<void> {
  if (seat.language !== "it") {
    return;
  }
  await page.evaluate(() => scrollTo(0, 0));
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    const path = screenshotPath(lookName(look), seat.width, colorScheme);
    await page.screenshot({ path, fullPage: true, animations: "disabled" });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** The text twice as large, on the whole screen and on half of it: what 200 % of zoom leaves (WCAG 1.4.4). */
async function zoomFaults(page: Page): Promise<string[]> {
  await doubleText(page);
  const wide = await sidewaysFaults(page, "with text of 200 % at 1280 px");
  await page.setViewportSize({ width: 640, height: HEIGHT });
  const half = await sidewaysFaults(page, "with text of 200 % at 640 px");
  await normalText(page);
  const plain = await sidewaysFaults(page, "at 640 px");
  await page.setViewportSize({ width: 1280, height: HEIGHT });
  return [...wide, ...half, ...plain];
}

async function wordFaults(page: Page, language: Language): Promise<string[]> {
  const { lang, title, headings, text } = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    text: document.body.innerText,
  }));
  const [key] = KEY.exec(text) ?? [];
  return [
    ...(lang === language ? [] : [`says it is in ${lang}`]),
    ...(title.trim() ? [] : ["has no title"]),
    ...(headings === 1 ? [] : [`has ${headings} first headings`]),
    ...(key ? [`shows a text's key: ${key}`] : []),
  ];
}

/** What is not there is a few plain words without JavaScript (lib/failed-page.ts), and so another picture. */
export const isDrawnByScripts = ({ route }: Look) => route === "/[locale]/[...rest]";

/** The browser tells of a document that is not there, as it should not be. */
const isOwnNotFound = (look: Look, sentence: string) =>
  isDrawnByScripts(look) && /status of 404/.test(sentence);
