import { expect, test } from "@playwright/test";
import { LANGUAGES } from "@/lib/i18n/languages";
import { superuser } from "../authorisation/database";
import { makeWorld, sendPhoto, tidyUp } from "../authorisation/world";
import { expectSameWithout } from "../pages/compare";
import { inspect, isDrawnByScripts } from "../pages/inspect";
import { AREAS, Contexts, HEIGHT, looksOf, WIDTHS } from "../pages/looks";
import { writeIndex } from "../pages/screenshots";
import { openSessions, type PageWorld, withLinks } from "../pages/visitors";

// A trace of so many pages would take longer than they do; what is wrong is told by the sentence.
test.use({ trace: "off" });

/** `npm run test:full`: every page of the build in its states, in each theme, width and language. */
test.describe("R29 every page in its states", () => {
  let database: Awaited<ReturnType<typeof superuser>>;
  let world: PageWorld;

  test.beforeAll(async () => {
    database = await superuser();
    world = await withLinks(database.sql, await makeWorld(database.sql));
    const { owner } = await openSessions(database.sql, world);
    await sendPhoto(world, `sportello.session=${owner}`);
  });

  test.afterAll(async () => {
    await tidyUp(database.sql, world);
    await database.close();
  });

  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      for (const area of AREAS) {
        test(`every page in ${language} at ${width} px, ${area}`, async ({ browser }) => {
          test.setTimeout(1_800_000);
          const viewport = { width, height: HEIGHT };
          // Of its own: a session that nobody uses ends before the last test does.
          const sessions = await openSessions(database.sql, world);
          const contexts = new Contexts(browser, sessions, { viewport });
          const wrong: string[] = [];
          const looks = looksOf(area);
          for (const look of looks) {
            wrong.push(...(await inspect(look, { world, contexts, language, width })));
          }
          await contexts.close();
          console.log(`pages: ${looks.length} states of ${area} pages`);
          expect(wrong).toEqual([]);
        });
      }
    }
  }

  for (const width of WIDTHS) {
    for (const area of AREAS) {
      test(`every page in it at ${width} px looks the same without JavaScript, ${area}`, async ({
        browser,
      }) => {
        test.setTimeout(1_800_000);
        const viewport = { width, height: HEIGHT };
        const sessions = await openSessions(database.sql, world);
        const withScripts = new Contexts(browser, sessions, { viewport });
        const without = new Contexts(browser, sessions, { viewport, javaScriptEnabled: false });
        const wrong: string[] = [];
        for (const look of looksOf(area).filter((one) => !isDrawnByScripts(one))) {
          const pair = { world, language: "it" as const, width, withScripts, without };
          wrong.push(...(await expectSameWithout(look, pair)));
        }
        await Promise.all([withScripts.close(), without.close()]);
        expect(wrong).toEqual([]);
      });
    }
  }

  test("every page in the index has its pictures", () => {
    expect(writeIndex()).toEqual([]);
  });
});
