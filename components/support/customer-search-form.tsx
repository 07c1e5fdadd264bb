import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { TextField } from "@/components/ui/field";
import { currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";

/** One field for whatever a caller can tell; a form that asks for an address. */
export async function CustomerSearchForm({ query }: { query: string }) {
  const t = await getTranslations("desk.search");
  return (
    <search className="mb-8 block max-w-xl">
      <form method="get" action={localizedPath(await currentLanguage(), "/staff/search")}>
        <TextField
          name="q"
          label={t("label")}
          hint={t("hint")}
          defaultValue={query}
          spellCheck={false}
          autoComplete="off"
        />
        <button type="submit" className={buttonClass()}>
          {t("submit")}
        </button>
      </form>
    </search>
  );
}
