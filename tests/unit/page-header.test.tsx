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
    [...html.matchAll(/<span class="inline-block"[^>]*>([^<]+)</g)].map(([, code]) => code),
  ).toEqual(codes);
  expect(html.replace(/<[^>]+>/g, "")).toBe(title);
});
