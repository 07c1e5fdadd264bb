import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentActor } from "@/lib/auth/current";

/**
 * Says so, and where one can go on, whoever one is. Next.js renders it with every page, for the case that one is not
 * there: header and footer are the layout's, so that no page comes with them twice.
 */
export async function NotFoundContent() {
  const t = await getTranslations("common");
  const kind = (await currentActor())?.kind;
  const [href, label] =
    kind === "staff"
      ? ["/staff", t("toDesk")]
      : kind === "customer"
        ? ["/overview", t("toOverview")]
        : ["/", t("toHome")];
  return (
    <>
      {/* Where scripts draw it, the metadata is that of the page that is not there. This one comes before it. */}
      <title>{`${t("notFoundTitle")} · ${t("productName")}`}</title>
      <PageHeader title={t("notFoundTitle")}>{t("notFoundLead")}</PageHeader>
      <p className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <LocalLink href={href} className={buttonClass()}>
          {label}
        </LocalLink>
        <LocalLink
          href="/help"
          className="inline-block py-2 text-accent underline underline-offset-2"
        >
          {t("toHelp")}
        </LocalLink>
      </p>
    </>
  );
}

/** What the tab says, and nothing for search engines, unlike the pages beside it. */
export async function notFoundMetadata(): Promise<Metadata> {
  return {
    title: (await getTranslations("common"))("notFoundTitle"),
    robots: { index: false, follow: false },
  };
}
