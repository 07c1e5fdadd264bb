import { createTranslator } from "next-intl";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test, vi } from "vitest";
import { AccessLog } from "@/components/accounts/access-log";
import type { AccessLogEntry } from "@/lib/accounts/queries/access-log";
import { LANGUAGES, type Language } from "@/lib/i18n/languages";
import { MESSAGES } from "@/lib/i18n/messages";

let locale: Language = "it";
vi.mock("next-intl/server", () => ({
  getTranslations: async (namespace: "ownData.log") =>
    createTranslator({ locale, messages: MESSAGES[locale], namespace }),
}));

const entry = (over: Partial<AccessLogEntry>): AccessLogEntry => ({
  id: JSON.stringify(over),
  at: new Date("2026-11-26T17:00:00Z"),
  action: "signed_in",
  actorKind: "customer",
  staffRole: null,
  detail: {},
  ...over,
});

async function shown(language: Language, ...entries: AccessLogEntry[]): Promise<string> {
  locale = language;
  return renderToStaticMarkup(await AccessLog({ entries, language })).replaceAll("&#x27;", "'");
}

describe("AccessLog", () => {
  test("R30 R29 says in three languages what was done, when on Rome's clock, and by whom", async () => {
    const html = await shown("it", entry({}));
    expect(html).toContain("Accesso riuscito");
    expect(html).toContain("26 novembre 2026 alle ore 18:00");
    expect(html).toContain(">Tu<");
    expect(await shown("en", entry({}))).toContain("Signed in");
    expect(await shown("de", entry({}))).toContain("Angemeldet");
  });

  test("R30 an action without words of its own is told neutrally, and names no staff", async () => {
    for (const language of LANGUAGES) {
      const html = await shown(
        language,
        entry({ action: "did_something_new", actorKind: "staff", staffRole: "support" }),
        entry({ action: "x.y.z", actorKind: "visitor" }),
        entry({ action: "x.y", actorKind: "staff" }),
      );
      const { other, role, staff } = MESSAGES[language].ownData.log;
      expect(html.split(other)).toHaveLength(4);
      expect(html).toContain(role.support);
      expect(html).toContain(staff);
      expect(html).not.toContain("did_something_new");
    }
  });

  test("R29 every language has the same words", () => {
    const keys = LANGUAGES.map((language) => Object.keys(MESSAGES[language].ownData.log.action));
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
  });

  test("R30 says so while nothing was done", async () => {
    expect(await shown("en")).toContain("Nothing yet");
  });
});
