import { getTranslations } from "next-intl/server";
import { chooseThemeAction } from "@/lib/accounts/actions/theme";
import { chosenTheme } from "@/lib/accounts/theme";
import { THEME_CHOICES } from "@/lib/companies/palette";
import { ThemeButtons } from "./theme-buttons";

/** Light, dark or as the device is. The server writes the page in it, so nothing flashes. */
export async function ThemeChooser() {
  const t = await getTranslations("theme");
  return (
    <ThemeButtons
      action={chooseThemeAction}
      label={t("label")}
      choices={THEME_CHOICES.map((value) => ({ value, label: t(value) }))}
      current={await chosenTheme()}
    />
  );
}
