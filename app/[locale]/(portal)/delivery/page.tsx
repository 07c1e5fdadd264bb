import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ContractSearch } from "@/components/delivery/contract-search";
import { DeliveryPanel } from "@/components/delivery/delivery-panel";
import { MandateBanner } from "@/components/delivery/mandate-banner";
import { MARKS, SeveralForm } from "@/components/delivery/several-form";
import { SuspendedBanner } from "@/components/delivery/suspended-banner";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { listChoices, listDeliveries } from "@/lib/delivery/queries";
import { listEarnings } from "@/lib/delivery/queries/earnings";
import { listSuspendedAddresses } from "@/lib/delivery/queries/suspended-addresses";
import { matchingDeliveries, PANELS_PER_PAGE } from "@/lib/delivery/rules";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("delivery"))("title") };
}

interface DeliveryPageProps {
  searchParams: Promise<{ page?: string; q?: string; mark?: string }>;
}

/** The same number of statements however many contracts there are. */
export default async function DeliveryPage({ searchParams }: DeliveryPageProps) {
  const ctx = await requireCustomer("/delivery");
  const asked = await searchParams;
  const query = typeof asked.q === "string" ? asked.q.trim().slice(0, 100) : "";
  const all = await listDeliveries(ctx);
  const found = matchingDeliveries(all, query);
  const pages = Math.max(1, Math.ceil(found.length / PANELS_PER_PAGE));
  const wanted = Number(asked.page);
  const page = Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), pages) : 1;
  const shown = found.slice((page - 1) * PANELS_PER_PAGE, page * PANELS_PER_PAGE);
  const contractIds = shown.map(({ contractId }) => contractId);
  const [choices, earnings, ends, suspended] = await Promise.all([
    listChoices(ctx, { contractIds }),
    listEarnings(ctx, { contractIds }),
    listMandateEnds(ctx),
    listSuspendedAddresses(ctx),
  ]);
  const addressOf = (params: Record<string, string>) =>
    `/delivery?${new URLSearchParams({ ...(query ? { q: query } : {}), ...params })}`;
  const language = await currentLanguage();
  const t = await getTranslations("delivery");
  const tNext = await getTranslations("navigation.next");
  const several = found.filter(({ ended }) => !ended).length > 1;
  return (
    <div className="max-w-3xl">
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <MandateBanner ends={ends} language={language} />
      <SuspendedBanner addresses={suspended} language={language} />
      {all.length === 0 ? (
        <EmptyState next={{ href: "/contracts/add", label: tNext("addContract") }}>
          {t("none")}
        </EmptyState>
      ) : null}
      {all.length > PANELS_PER_PAGE ? (
        <ContractSearch query={query} found={found.length} language={language} />
      ) : null}
      {several ? (
        <p className="mb-6">
          <a href="#several" className="text-accent underline underline-offset-2">
            {t("several.link")}
          </a>
        </p>
      ) : null}
      <div className="grid gap-6">
        {shown.map((delivery) => (
          <DeliveryPanel
            key={delivery.contractId}
            delivery={delivery}
            choices={choices.filter(({ contractId }) => contractId === delivery.contractId)}
            earning={earnings.find(({ contractId }) => contractId === delivery.contractId)}
            ownEmail={ctx.actor.email}
            language={language}
          />
        ))}
      </div>
      {pages > 1 ? (
        <nav aria-label={t("pages.label")} className="mt-6 flex flex-wrap gap-x-6 gap-y-2">
          {page > 1 ? (
            <LocalLink
              href={addressOf({ page: String(page - 1) })}
              className="text-accent underline"
            >
              {t("pages.previous")}
            </LocalLink>
          ) : null}
          <span className="text-muted">{t("pages.at", { page, pages })}</span>
          {page < pages ? (
            <LocalLink
              href={addressOf({ page: String(page + 1) })}
              className="text-accent underline"
            >
              {t("pages.next")}
            </LocalLink>
          ) : null}
        </nav>
      ) : null}
      {several ? (
        <div id="several" className="mt-8 scroll-mt-4">
          <SeveralForm
            deliveries={found}
            mark={MARKS.find((mark) => mark === asked.mark) ?? "none"}
            addressOf={(mark) => `${addressOf({ page: String(page), mark })}#several`}
            ownEmail={ctx.actor.email}
            language={language}
          />
        </div>
      ) : null}
    </div>
  );
}
