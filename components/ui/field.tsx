"use client";

import type { ReactNode } from "react";
import { useForm } from "./action-form";
import {
  type FieldCheck,
  FieldError,
  type FieldProps,
  FieldWarning,
  Hint,
  useFieldState,
  useInlineCheck,
} from "./field-parts";

export interface TextFieldProps extends FieldProps {
  type?: "text" | "email" | "password" | "date" | "tel";
  autoComplete?: string;
  inputMode?: "text" | "email" | "numeric" | "decimal";
  defaultValue?: string;
  required?: boolean;
  spellCheck?: boolean;
  /** Looks at what was typed as soon as the field is left, before it is sent. */
  check?: FieldCheck;
}

const INPUT =
  "mt-1.5 block w-full rounded-md border border-field-line bg-panel px-3 py-2.5 text-ink aria-invalid:border-2 aria-invalid:border-danger";

/** A line of text with label, hint and error. Passwords are never shown again. */
export function TextField({ check, ...props }: TextFieldProps) {
  const { found, listeners } = useInlineCheck(check);
  const { id, error, typed, aria } = useFieldState(props, found);
  const { name, label, hint, type = "text", defaultValue, required = true, ...rest } = props;
  return (
    <div className="mb-5">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      <Hint id={id} hint={hint} />
      <input
        {...rest}
        {...aria}
        {...listeners}
        id={id}
        name={name}
        type={type}
        required={required}
        defaultValue={type === "password" ? undefined : (typed ?? defaultValue)}
        className={INPUT}
      />
      {check ? (
        <div aria-live="polite">
          {found?.warns ? <FieldWarning id={id} sentence={found.sentence} /> : null}
          <FieldError id={id} error={error} />
        </div>
      ) : (
        <FieldError id={id} error={error} />
      )}
    </div>
  );
}

interface TextAreaFieldProps extends FieldProps {
  rows?: number;
  spellCheck?: boolean;
}

/** Several lines of text with label, hint and error. */
export function TextAreaField(props: TextAreaFieldProps) {
  const { id, error, typed, aria } = useFieldState(props);
  const { name, label, hint, rows = 3, spellCheck } = props;
  return (
    <div className="mb-5">
      <label htmlFor={id} className="font-semibold">
        {label}
      </label>
      <Hint id={id} hint={hint} />
      <textarea
        {...aria}
        key={typed}
        id={id}
        name={name}
        rows={rows}
        required
        spellCheck={spellCheck}
        defaultValue={typed}
        className={INPUT}
      />
      <FieldError id={id} error={error} />
    </div>
  );
}

interface SelectFieldProps extends FieldProps {
  options: { value: string; label: string }[];
  defaultValue?: string;
}

/** One of a list. */
export function SelectField(props: SelectFieldProps) {
  const { id, error, typed, aria } = useFieldState(props);
  const value = typed ?? props.defaultValue;
  return (
    <div className="mb-5">
      <label htmlFor={id} className="font-semibold">
        {props.label}
      </label>
      <Hint id={id} hint={props.hint} />
      {/* React resets a form after its action, and a select follows only with a key. */}
      <select
        {...aria}
        key={value}
        id={id}
        name={props.name}
        defaultValue={value}
        className={INPUT}
      >
        {props.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldError id={id} error={error} />
    </div>
  );
}

interface RadioGroupProps extends FieldProps {
  options: { value: string; label: string; hint?: ReactNode }[];
  defaultValue?: string;
}

/** One of a few, all in sight. The first has the field's id: links from errors lead to it. */
export function RadioGroup(props: RadioGroupProps) {
  const { id, error, typed, aria } = useFieldState(props);
  const value = typed ?? props.defaultValue;
  return (
    <fieldset className="mb-5" {...aria}>
      <legend className="font-semibold">{props.label}</legend>
      <Hint id={id} hint={props.hint} />
      <div className="mt-2 grid gap-2">
        {props.options.map((option, place) => {
          const optionId = place === 0 ? id : `${id}-${option.value}`;
          return (
            <label
              key={`${option.value} ${value}`}
              htmlFor={optionId}
              className="flex cursor-pointer gap-3 rounded-md border border-field-line bg-panel p-3 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input
                id={optionId}
                type="radio"
                name={props.name}
                value={option.value}
                defaultChecked={option.value === value}
                className="mt-1.5 size-4 shrink-0 accent-accent"
              />
              <span>
                <span className="block font-semibold">{option.label}</span>
                {option.hint ? (
                  <span className="block text-muted text-sm">{option.hint}</span>
                ) : null}
              </span>
            </label>
          );
        })}
      </div>
      <FieldError id={id} error={error} />
    </fieldset>
  );
}

/** A yes that must be given knowingly; `defaultChecked` where it was given before. */
export function CheckboxField(props: FieldProps & { value?: string; defaultChecked?: boolean }) {
  const { id, error, typed, aria } = useFieldState(props);
  const { state } = useForm();
  const value = props.value ?? "yes";
  // Of a form that was sent, a box that is not among its values was left empty.
  const checked = state.values ? typed === value : props.defaultChecked;
  return (
    <div className="mb-5">
      <label htmlFor={id} className="flex cursor-pointer gap-3">
        <input
          {...aria}
          key={`${typed} ${checked}`}
          id={id}
          type="checkbox"
          name={props.name}
          value={value}
          defaultChecked={checked}
          className="mt-1 size-5 shrink-0 accent-accent"
        />
        <span>{props.label}</span>
      </label>
      <Hint id={id} hint={props.hint} />
      <FieldError id={id} error={error} />
    </div>
  );
}
