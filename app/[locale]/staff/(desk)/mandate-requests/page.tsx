import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { CommandLine } from "@/components/ui/command-line";
import { DataTable } from "@/components/ui/data-table";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listMandateRequests } from "@/lib/contracts/queries/mandate-requests";
import { formatInstant } from "@/lib/time";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff.mandateRequests"))("title") };
}

/** What customers asked for on "Domiciliazione bancaria"; the back office exports it by command. */
export default async function MandateRequestsPage() {
  const ctx = await requireStaff();
  const requests = await listMandateRequests(ctx);
  const t = await getTranslations("staff.mandateRequests");
  const language = await currentLanguage();
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {requests.length === 0 ? (
        <EmptyState>{t("none")}</EmptyState>
      ) : (
        <DataTable
          caption={t("title")}
          captionHidden
          rows={requests}
          rowKey={({ id }) => id}
          columns={[
            {
              key: "contract",
              header: t("contract"),
              cell: ({ contractNumber, company }) => (
                <span>
                  {contractNumber}
                  <span className="block font-normal text-muted text-sm">{company}</span>
                </span>
              ),
            },
            {
              key: "debtor",
              header: t("debtor"),
              cell: ({ debtor, holderName }) => (
                <span>
                  {debtor}
                  {debtor === holderName ? null : (
                    <span className="block text-muted text-sm">
                      {t("holder", { name: holderName })}
                    </span>
                  )}
                </span>
              ),
            },
            { key: "iban", header: t("iban"), cell: ({ iban }) => iban },
            {
              key: "asked",
              header: t("asked"),
              cell: ({ requestedAt }) => formatInstant(requestedAt, language),
            },
            {
              key: "state",
              header: t("state"),
              cell: ({ exportedAt }) => (
                <Badge tone={exportedAt ? "success" : "warning"}>
                  {t(exportedAt ? "exported" : "waiting")}
                </Badge>
              ),
            },
          ]}
        />
      )}
      <p className="mt-6 text-muted">{t("command")}</p>
      <CommandLine>npm run sportello -- mandates export --output FILE.csv</CommandLine>
    </>
  );
}
