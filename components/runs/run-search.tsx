import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { buttonClass } from "@/components/ui/button-class";
import { TextField } from "@/components/ui/field";
import { currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";

interface SearchFormProps {
  /** The page's address without a language. */
  page: string;
  label: string;
  search?: string;
}

/** Looks a number up in a list; a form that asks for an address, so it works without JavaScript. */
export async function SearchForm({ page, label, search }: SearchFormProps) {
  const t = await getTranslations("staff.runs");
  return (
    <form
      method="get"
      data-print="no"
      action={localizedPath(await currentLanguage(), page)}
      className="grid max-w-xl items-end gap-x-4 @lg:grid-cols-[1fr_auto]"
    >
      <TextField
        name="search"
        label={label}
        defaultValue={search ?? ""}
        required={false}
        spellCheck={false}
        autoComplete="off"
      />
      <button type="submit" className={`mb-5 ${buttonClass("quiet")}`}>
        {t("search")}
      </button>
    </form>
  );
}

/** A link to a file: a plain one, since the router must not take it for a page. */
export async function DownloadLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a
      href={localizedPath(await currentLanguage(), href)}
      download
      data-print="no"
      className={buttonClass("quiet")}
    >
      {children}
    </a>
  );
}
