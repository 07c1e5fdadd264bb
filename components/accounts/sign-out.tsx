import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { signOutAction } from "@/lib/accounts/actions/sign-in";

/** The way out, on every page of someone signed in. */
export async function SignOut() {
  const t = await getTranslations("shell");
  return (
    <form action={signOutAction}>
      <button type="submit" className={buttonClass("quiet")}>
        {t("signOut")}
      </button>
    </form>
  );
}
