"use client";

import { useActionState } from "react";
import { type FormAction, IDLE } from "@/lib/auth/form-state";

interface ThemeButtonsProps {
  action: FormAction;
  label: string;
  choices: { value: string; label: string }[];
  current: string;
}

/** One button for each choice; the one that holds is pressed. */
export function ThemeButtons({ action, label, choices, current }: ThemeButtonsProps) {
  const [state, dispatch] = useActionState(action, IDLE);
  return (
    <form action={dispatch}>
      <fieldset className="flex flex-wrap items-baseline gap-x-4">
        <legend className="float-left py-1">{label}</legend>
        {choices.map(({ value, label: words }) => (
          <button
            key={value}
            type="submit"
            name="theme"
            value={value}
            aria-pressed={value === current}
            className="cursor-pointer py-1 underline underline-offset-2 aria-pressed:font-semibold aria-pressed:text-ink aria-pressed:no-underline"
          >
            {words}
          </button>
        ))}
      </fieldset>
      <p role="status" className="sr-only">
        {state.status === "done" ? state.message : null}
      </p>
    </form>
  );
}
