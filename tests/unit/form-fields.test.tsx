import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { ErrorSummary } from "@/components/ui/error-summary";
import { CheckboxField, RadioGroup, SelectField, TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";

const options = [
  { value: "a", label: "A" },
  { value: "b", label: "B" },
];

describe("links from the list of errors", () => {
  const fields = [
    <TextField key="text" name="field" label="Field" />,
    <SelectField key="select" name="field" label="Field" options={options} />,
    <RadioGroup key="radio" name="field" label="Field" options={options} />,
    <CheckboxField key="checkbox" name="field" label="Field" />,
  ];
  for (const field of fields) {
    test(`R29 lead to something that takes the focus: ${field.key}`, () => {
      const summary = renderToStaticMarkup(
        <ErrorSummary title="Wrong" errors={{ field: "No." }} labels={{ field: "Field" }} />,
      );
      const target = /href="#([^"]+)"/.exec(summary)?.[1];
      const tags = renderToStaticMarkup(field).match(/<\w+[^>]*>/g) ?? [];
      const targets = tags.filter((tag) => tag.includes(` id="${target}"`));
      expect(targets).toHaveLength(1);
      expect(targets[0]).toMatch(/^<(input|select)/);
    });
  }

  test("R29 every radio button keeps its own label", () => {
    const html = renderToStaticMarkup(<RadioGroup name="field" label="Field" options={options} />);
    const labelled = [...html.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id);
    const inputs = [...html.matchAll(/<input id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(inputs).size).toBe(2);
    expect(labelled).toEqual(inputs);
  });
});

test("R29 a notice that is part of the page is not announced, an action's answer is", () => {
  const roleOf = (html: string) => /role="(\w+)"/.exec(html)?.[1];
  expect(roleOf(renderToStaticMarkup(<Notice tone="warning">Text</Notice>))).toBeUndefined();
  expect(roleOf(renderToStaticMarkup(<Notice announced>Text</Notice>))).toBe("status");
  expect(
    roleOf(
      renderToStaticMarkup(
        <Notice tone="danger" announced>
          Text
        </Notice>,
      ),
    ),
  ).toBe("alert");
});
