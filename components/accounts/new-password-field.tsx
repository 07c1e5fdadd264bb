import { getTranslations } from "next-intl/server";
import { PASSWORD_MIN } from "@/lib/auth/password";
import { CheckedPassword } from "./checked-fields";

interface NewPasswordFieldProps {
  name: "password" | "newPassword";
  label: string;
  hint: string;
  /** Whose it is, where no field of the form says so. */
  email?: string;
}

/** A password that is being chosen; what is too short or too common is told as soon as the field is left. */
export async function NewPasswordField(props: NewPasswordFieldProps) {
  const t = await getTranslations("errors");
  return (
    <CheckedPassword
      {...props}
      shortest={PASSWORD_MIN}
      sentences={{
        passwordShort: t("passwordShort"),
        passwordHasEmail: t("passwordHasEmail"),
        passwordCommon: t("passwordCommon"),
      }}
    />
  );
}
