"use client";

import { type FocusEvent, type FormEvent, type ReactNode, useState } from "react";
import type { FormState } from "@/lib/auth/form-state";
import { useForm } from "./action-form";

export interface FieldProps {
  name: string;
  label: string;
  hint?: ReactNode;
}

/** What may be wrong with what was typed; one that warns binds nobody. */
export interface Finding {
  sentence: string;
  warns?: true;
}

/** Looks at what was typed; null when nothing is wrong. */
export type FieldCheck = (typed: string, form: HTMLFormElement | null) => Finding | null;

/** What is under the name of a field in its form's state, and how its parts hang together. */
export function useFieldState({ name, hint }: FieldProps, found?: Finding | null) {
  const { state, idPrefix } = useForm();
  const id = `${idPrefix}${name}`;
  // What was looked at since the last answer takes the place of what the answer said.
  const error =
    found === undefined ? state.fields?.[name] : found?.warns ? undefined : found?.sentence;
  const describedBy = [hint ? `${id}-hint` : "", error || found ? `${id}-error` : ""]
    .filter(Boolean)
    .join(" ");
  return {
    id,
    error,
    typed: state.values?.[name],
    aria: {
      "aria-invalid": error ? (true as const) : undefined,
      "aria-describedby": describedBy || undefined,
    },
  };
}

export function Hint({ id, hint }: { id: string; hint?: ReactNode }) {
  return hint ? (
    <p id={`${id}-hint`} className="mt-1 text-muted text-sm">
      {hint}
    </p>
  ) : null;
}

export function FieldError({ id, error }: { id: string; error?: string }) {
  return error ? (
    <p id={`${id}-error`} className="mt-1 font-semibold text-danger text-sm">
      {error}
    </p>
  ) : null;
}

export function FieldWarning({ id, sentence }: { id: string; sentence: string }) {
  return (
    <p id={`${id}-error`} className="mt-1 font-semibold text-sm text-warning">
      {sentence}
    </p>
  );
}

/** Whether a button of the mouse, or a finger, is down; a field is left before `:active` tells. */
let pressed = false;
if (typeof document !== "undefined") {
  const tell = ({ type }: Event) => {
    pressed = type === "mousedown";
  };
  document.addEventListener("mousedown", tell, true);
  document.addEventListener("mouseup", tell, true);
}

/** Now, or once a press that has begun has ended: what appears must not push a button away from under the pointer. */
function afterPress(run: () => void): void {
  if (pressed) {
    document.addEventListener("mouseup", () => setTimeout(run), { once: true });
  } else {
    run();
  }
}

/**
 * What `check` finds while one fills in the form, and the listeners for it: first when the field is left, then with
 * each letter until it is right. Undefined: it was not looked at since the last answer.
 */
export function useInlineCheck(check: FieldCheck | undefined) {
  const { state } = useForm();
  const [seen, setSeen] = useState<{ after: FormState; found: Finding | null }>();
  const current = seen?.after === state ? seen : undefined;
  const look = ({ value, form }: HTMLInputElement) =>
    setSeen({ after: state, found: value.trim() === "" ? null : (check?.(value, form) ?? null) });
  return {
    found: current?.found,
    listeners: check && {
      onBlur: ({ currentTarget: input }: FocusEvent<HTMLInputElement>) => {
        // A field that nobody wrote in since keeps what the answer said of it.
        if (current || input.value !== input.defaultValue) {
          afterPress(() => look(input));
        }
      },
      onInput: ({ currentTarget }: FormEvent<HTMLInputElement>) => {
        if (current || state.status === "invalid") {
          look(currentTarget);
        }
      },
    },
  };
}
