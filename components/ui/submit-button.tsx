"use client";

import type { ReactNode } from "react";
import { useForm } from "./action-form";
import { buttonClass } from "./button-class";

interface SubmitButtonProps {
  children: ReactNode;
  tone?: "primary" | "quiet" | "danger";
  /** Read out in the place of the words, where several buttons say the same. */
  label?: string;
  name?: string;
  value?: string;
}

/** Sends the form around it; says so while it waits, and does not send twice. */
export function SubmitButton({
  children,
  tone = "primary",
  label,
  name,
  value,
}: SubmitButtonProps) {
  const { pending } = useForm();
  return (
    <button
      type="submit"
      name={name}
      value={value}
      aria-label={label}
      aria-disabled={pending || undefined}
      onClick={(event) => pending && event.preventDefault()}
      className={buttonClass(tone)}
    >
      {children}
    </button>
  );
}
