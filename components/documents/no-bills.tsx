import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";

/** Why there is no bill to be seen, and the one thing to do next. */
export async function NoBills({ filtered }: { filtered: boolean }) {
  const t = await getTranslations("archive");
  const tBills = await getTranslations("bills");
  return (
    <div className="rounded-lg border border-line bg-panel p-6">
      <p className="mb-4 max-w-prose">{filtered ? t("none") : tBills("none")}</p>
      <LocalLink href={filtered ? "/bills" : "/delivery"} className={buttonClass("quiet")}>
        {t(filtered ? "noneStep" : "emptyStep")}
      </LocalLink>
    </div>
  );
}
