import { getTranslations } from "next-intl/server";
import { archiveAddress, type BillFilter } from "@/lib/documents/schema";
import { type Language, localizedPath } from "@/lib/i18n/languages";

interface BillDownloadsProps {
  filter: BillFilter;
  language: Language;
}

/** The filtered list as a file, and its PDFs. */
export async function BillDownloads({ filter, language }: BillDownloadsProps) {
  const t = await getTranslations("archive");
  // Not next/link: there is no page behind them, but files.
  const link = (path: string, label: string) => (
    <a
      href={localizedPath(language, archiveAddress(filter, {}, path))}
      className="inline-block py-2 text-accent underline underline-offset-2"
    >
      {label}
    </a>
  );
  return (
    <section aria-labelledby="bill-downloads" className="mt-10" data-print="no">
      <h2 id="bill-downloads" className="font-semibold text-lg">
        {t("downloads")}
      </h2>
      <p className="text-muted">{t("downloadsLead")}</p>
      <p className="flex flex-wrap gap-x-6">
        {link("/bills/list.csv", t("csv"))}
        {link("/bills/pdfs.zip", t("zip"))}
      </p>
    </section>
  );
}
