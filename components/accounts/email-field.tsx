import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { CheckedEmail } from "./checked-fields";

interface EmailFieldProps {
  label: string;
  hint?: ReactNode;
  autoComplete: "email" | "username" | "off";
  defaultValue?: string;
  required?: boolean;
}

/** An e-mail; a slip is told as soon as the field is left. */
export async function EmailField(props: EmailFieldProps) {
  const t = await getTranslations("errors");
  return <CheckedEmail {...props} name="email" sentence={t("email")} />;
}
