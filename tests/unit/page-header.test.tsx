import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { PageHeader } from "@/components/ui/page-header";

test.each([
  ["RE-7Q3MX-R42KD", ["RE-7Q3MX-R42KD"]],
  ["Autolettura AL-ABCDE-FGHJK", ["AL-ABCDE-FGHJK"]],
  ["Reclamo «RE-1-2» del 2026-11", ["RE-1-2", "2026-11"]],
  ["Bolletta E2026000399", []],
  ["E-Mail an Sie", []],
  ["Ciao, Ada Prova-Bianchi", []],
])("R29 a code in a heading is kept together, words are not: %s", (title, codes) => {
  const html = renderToStaticMarkup(<PageHeader title={title} />);
  expect(
    [...html.matchAll(/<span class="[^"]+" translate="no">([^<]+)</g)].map(([, code]) => code),
  ).toEqual(codes);
  expect(html.replace(/<[^>]+>/g, "")).toBe(title);
});

test.each([
  ["E-Mail-Adresse ändern", "E-Mail"],
  ["6,00 € all'anno, se scegli l'e-mail", "e-mail"],
])("R29 one letter and a word stay together: %s", (title, word) => {
  const html = renderToStaticMarkup(<PageHeader title={title} />);
  expect(html).toContain(`<span class="whitespace-nowrap">${word}</span>`);
});

test("R29 no line of a heading begins with a dot between two things", () => {
  const html = renderToStaticMarkup(<PageHeader title="Luce · EL-100070" />);
  expect(html).toContain("Luce\u00a0· <span");
});
