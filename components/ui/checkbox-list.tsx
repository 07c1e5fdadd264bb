"use client";

import { useForm } from "./action-form";

interface CheckboxListProps {
  name: string;
  label: string;
  hint?: string;
  options: CheckboxOption[];
  /** The values that are marked before anything was sent. */
  marked: string[];
}

interface CheckboxOption {
  value: string;
  label: string;
  /** What to know before marking it. */
  hint?: string;
  /** It cannot be marked; the hint says why. */
  disabled?: boolean;
}

/**
 * Any of many. The first has the field's id: links from errors lead to it. Its rows are styled from
 * outside, since there may be hundreds.
 */
export function CheckboxList({ name, label, hint, options, marked }: CheckboxListProps) {
  const { state, idPrefix } = useForm();
  const id = `${idPrefix}${name}`;
  const error = state.fields?.[name];
  const values = new Set(state.lists?.[name] ?? marked);
  const firstUsable = options.find((option) => !option.disabled);
  const describedBy = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean);
  return (
    <fieldset
      className="mb-5"
      aria-invalid={error ? true : undefined}
      aria-describedby={describedBy.join(" ") || undefined}
    >
      <legend className="font-semibold">{label}</legend>
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-muted text-sm">
          {hint}
        </p>
      ) : null}
      <div
        // React resets a form after its action: what was marked comes back with a new list.
        key={[...values].join()}
        className="mt-2 grid max-h-96 gap-px overflow-y-auto rounded-md border border-field-line bg-panel [&_input]:mt-1 [&_input]:size-5 [&_input]:shrink-0 [&_input]:accent-accent [&_label]:flex [&_label]:cursor-pointer [&_label]:gap-3 [&_label]:px-3 [&_label]:py-2.5 [&_label:has(:checked)]:bg-accent-soft [&_label:has(:disabled)]:cursor-default [&_label:has(:disabled)]:text-muted [&_small]:block [&_small]:text-muted [&_small]:text-sm [&_span]:[overflow-wrap:anywhere]"
      >
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="checkbox"
              id={option === firstUsable ? id : undefined}
              name={name}
              value={option.value}
              disabled={option.disabled}
              defaultChecked={values.has(option.value)}
            />
            <span>
              {option.label}
              {option.hint ? <small>{option.hint}</small> : null}
            </span>
          </label>
        ))}
      </div>
      {error ? (
        <p id={`${id}-error`} className="mt-1 font-semibold text-danger text-sm">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
