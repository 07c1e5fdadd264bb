import { getTranslations } from "next-intl/server";
import { currentLanguage } from "@/lib/auth/current";
import { Breadcrumbs } from "./breadcrumbs";

/** The way back up, in the page's language. */
export async function TrailAbove({ customer = false }: { customer?: boolean }) {
  const t = await getTranslations("navigation");
  return (
    <Breadcrumbs
      language={await currentLanguage()}
      label={t("trailLabel")}
      names={t.raw("trail")}
      customer={customer}
    />
  );
}
