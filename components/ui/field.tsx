"use client";

import type { ReactNode } from "react";
import { useForm } from "./action-form";

interface FieldProps {
  name: string;
  label: string;
  hint?: ReactNode;
}

interface TextFieldProps extends FieldProps {
  type?: "text" | "email" | "password";
  autoComplete?: string;
  inputMode?: "text" | "email" | "numeric";
  defaultValue?: string;
  required?: boolean;
  spellCheck?: boolean;
}

const INPUT =
  "mt-1.5 block w-full rounded-md border border-field-line bg-panel px-3 py-2.5 text-ink aria-invalid:border-2 aria-invalid:border-danger";

function useFieldState({ name, hint }: FieldProps) {
  const { state } = useForm();
  const error = state.fields?.[name];
  const describedBy = [hint ? `${name}-hint` : "", error ? `${name}-error` : ""]
    .filter(Boolean)
    .join(" ");
  return {
    error,
    typed: state.values?.[name],
    aria: {
      "aria-invalid": error ? (true as const) : undefined,
      "aria-describedby": describedBy || undefined,
    },
  };
}

function Hint({ name, hint }: Pick<FieldProps, "name" | "hint">) {
  return hint ? (
    <p id={`${name}-hint`} className="mt-1 text-muted text-sm">
      {hint}
    </p>
  ) : null;
}

function FieldError({ name, error }: { name: string; error?: string }) {
  return error ? (
    <p id={`${name}-error`} className="mt-1 font-semibold text-danger text-sm">
      {error}
    </p>
  ) : null;
}

/** A line of text with label, hint and error. Passwords are never shown again. */
export function TextField(props: TextFieldProps) {
  const { error, typed, aria } = useFieldState(props);
  const { name, label, hint, type = "text", defaultValue, required = true, ...rest } = props;
  return (
    <div className="mb-5">
      <label htmlFor={name} className="font-semibold">
        {label}
      </label>
      <Hint name={name} hint={hint} />
      <input
        {...rest}
        {...aria}
        id={name}
        name={name}
        type={type}
        required={required}
        defaultValue={type === "password" ? undefined : (typed ?? defaultValue)}
        className={INPUT}
      />
      <FieldError name={name} error={error} />
    </div>
  );
}

interface SelectFieldProps extends FieldProps {
  options: { value: string; label: string }[];
  defaultValue?: string;
}

/** One of a list. */
export function SelectField(props: SelectFieldProps) {
  const { error, typed, aria } = useFieldState(props);
  const value = typed ?? props.defaultValue;
  return (
    <div className="mb-5">
      <label htmlFor={props.name} className="font-semibold">
        {props.label}
      </label>
      <Hint name={props.name} hint={props.hint} />
      {/* React resets a form after its action, and a select follows only with a key. */}
      <select
        {...aria}
        key={value}
        id={props.name}
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
      <FieldError name={props.name} error={error} />
    </div>
  );
}

interface RadioGroupProps extends FieldProps {
  options: { value: string; label: string; hint?: ReactNode }[];
  defaultValue?: string;
}

/** One of a few, all in sight. The group's id is the field's name, for links from errors. */
export function RadioGroup(props: RadioGroupProps) {
  const { error, typed, aria } = useFieldState(props);
  const value = typed ?? props.defaultValue;
  return (
    <fieldset className="mb-5" id={props.name} {...aria}>
      <legend className="font-semibold">{props.label}</legend>
      <Hint name={props.name} hint={props.hint} />
      <div className="mt-2 grid gap-2">
        {props.options.map((option) => {
          const id = `${props.name}-${option.value}`;
          return (
            <label
              key={`${option.value} ${value}`}
              htmlFor={id}
              className="flex cursor-pointer gap-3 rounded-md border border-field-line bg-panel p-3 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input
                id={id}
                type="radio"
                name={props.name}
                value={option.value}
                defaultChecked={option.value === value}
                className="mt-1.5 size-4 accent-accent"
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
      <FieldError name={props.name} error={error} />
    </fieldset>
  );
}

/** A yes that must be given knowingly. */
export function CheckboxField(props: FieldProps & { value?: string }) {
  const { error, typed, aria } = useFieldState(props);
  const value = props.value ?? "yes";
  return (
    <div className="mb-5">
      <label htmlFor={props.name} className="flex cursor-pointer gap-3">
        <input
          {...aria}
          key={typed}
          id={props.name}
          type="checkbox"
          name={props.name}
          value={value}
          defaultChecked={typed === value}
          className="mt-1 size-5 shrink-0 accent-accent"
        />
        <span>{props.label}</span>
      </label>
      <Hint name={props.name} hint={props.hint} />
      <FieldError name={props.name} error={error} />
    </div>
  );
}
