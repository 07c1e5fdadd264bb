import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import type { BillList } from "@/lib/documents/queries/bill-list";
import { archiveAddress, type BillFilter } from "@/lib/documents/schema";

interface BillPagesProps {
  filter: BillFilter;
  list: BillList;
}

const LINK = "inline-block py-2 text-accent underline underline-offset-2";

/** Leads to the pages beside this one; nothing where all fits on one. */
export async function BillPages({ filter, list: { newer, older } }: BillPagesProps) {
  const t = await getTranslations("bills");
  if (!newer && !older) {
    return null;
  }
  return (
    <nav aria-label={t("pages")} className="mt-4 flex gap-6">
      {newer ? (
        <LocalLink href={archiveAddress(filter, { before: newer })} className={LINK}>
          {t("newer")}
        </LocalLink>
      ) : null}
      {older ? (
        <LocalLink href={archiveAddress(filter, { after: older })} className={LINK}>
          {t("older")}
        </LocalLink>
      ) : null}
    </nav>
  );
}
