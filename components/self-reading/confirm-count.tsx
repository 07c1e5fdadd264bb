"use client";

import { useForm } from "@/components/ui/action-form";
import { CheckboxField } from "@/components/ui/field";

/** A yes to the very count that was asked about: another one is asked about anew. */
export function ConfirmCount({ label }: { label: string }) {
  const { state } = useForm();
  const asked = state.fields?.count ? (state.values?.count ?? "") : "";
  return /^\d/.test(asked) ? (
    <CheckboxField key={asked} name="confirmed" label={label} value={asked} />
  ) : null;
}
