"use client";

import { FormContext } from "@/components/ui/action-form";
import { CheckboxList } from "@/components/ui/checkbox-list";
import { ErrorSummary } from "@/components/ui/error-summary";
import {
  CheckboxField,
  RadioGroup,
  SelectField,
  TextAreaField,
  TextField,
} from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";

const NAMES = [
  "text",
  "wrong",
  "checked",
  "checkedHint",
  "area",
  "select",
  "radio",
  "box",
  "list",
  "send",
  "errors",
] as const;
export type FormWords = Record<(typeof NAMES)[number] | "hint" | "error" | "one" | "two", string>;

interface FormExamplesProps {
  /** Keeps the ids of the two themes apart. */
  idPrefix: string;
  words: FormWords;
}

/** Every kind of field as it stands in a form that was sent with a mistake. It leads nowhere. */
export function FormExamples({ idPrefix, words }: FormExamplesProps) {
  const fields = { wrong: words.error };
  const options = [
    { value: "one", label: words.one, hint: words.hint },
    { value: "two", label: words.two },
  ];
  return (
    <FormContext value={{ state: { status: "invalid", fields }, pending: false, idPrefix }}>
      <ErrorSummary
        title={words.errors}
        errors={fields}
        labels={{ wrong: words.wrong }}
        idPrefix={idPrefix}
      />
      <TextField name="text" label={words.text} hint={words.hint} required={false} />
      <TextField name="wrong" label={words.wrong} required={false} />
      <TextField
        name="checked"
        label={words.checked}
        hint={words.checkedHint}
        required={false}
        check={(typed) => (/^\d+$/.test(typed) ? null : { sentence: words.error })}
      />
      <TextAreaField name="area" label={words.area} rows={2} />
      <SelectField name="select" label={words.select} options={options} />
      <RadioGroup
        name={`${idPrefix}radio`}
        label={words.radio}
        options={options}
        defaultValue="one"
      />
      <CheckboxField name="box" label={words.box} />
      <CheckboxList name="list" label={words.list} options={options} marked={["two"]} />
      <SubmitButton>{words.send}</SubmitButton>
    </FormContext>
  );
}
