import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { ContractDelivery } from "@/components/contracts/contract-delivery";
import { ContractEnd } from "@/components/contracts/contract-end";
import {
  ContractCodes,
  ContractOffer,
  ContractSupply,
} from "@/components/contracts/contract-facts";
import { ContractLinks } from "@/components/contracts/contract-links";
import { ContractMandate } from "@/components/contracts/contract-mandate";
import { BillTable } from "@/components/documents/bill-table";
import { CompanyColours } from "@/components/shell/company-colours";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findContract } from "@/lib/contracts/queries/contracts";
import { listDeliveries } from "@/lib/delivery/queries";
import { listEarnings } from "@/lib/delivery/queries/earnings";
import { listBills } from "@/lib/documents/queries/bill-list";
import { archiveAddress } from "@/lib/documents/schema";
import { romeDay } from "@/lib/time";

/** The archive has the others. */
const BILLS_SHOWN = 12;

interface ContractPageProps {
  params: Promise<{ id: string }>;
}

const loadContract = cache(async (id: string) => {
  const contract = await findContract(await requireCustomer(`/contracts/${id}`), id);
  return contract ?? notFound();
});

export async function generateMetadata({ params }: ContractPageProps): Promise<Metadata> {
  const contract = await loadContract((await params).id);
  const t = await getTranslations("contracts");
  return { title: t("sheet", { number: contract.contractNumber }) };
}

/** The contract and supply sheet (R26); it and its bills stay after the contract's end. */
export default async function ContractPage({ params }: ContractPageProps) {
  const { id } = await params;
  const contract = await loadContract(id);
  const ctx = await requireCustomer(`/contracts/${id}`);
  const [[delivery], [earning], { bills }] = await Promise.all([
    listDeliveries(ctx, { contractId: id }),
    listEarnings(ctx, { contractIds: [id] }),
    listBills(ctx, { filter: { contract: id }, limit: BILLS_SHOWN }),
  ]);
  const today = romeDay(new Date());
  const running = contract.endsOn === null || contract.endsOn >= today;
  const language = await currentLanguage();
  const t = await getTranslations("contracts");
  const tBills = await getTranslations("bills");
  return (
    <CompanyColours accentColor={contract.company.accentColor}>
      <PageHeader title={t("sheet", { number: contract.contractNumber })}>
        {`${tBills(`commodity.${contract.commodity}`)} · ${contract.companyName} · ${contract.supplyAddress}`}
      </PageHeader>
      <ContractEnd
        endsOn={contract.endsOn}
        today={today}
        lastIssue={bills[0]?.issueDate ?? null}
        language={language}
      />
      <div className="grid items-start gap-6 @2xl:grid-cols-2">
        <div className="grid gap-6">
          <ContractCodes contract={contract} />
          <ContractOffer contract={contract} today={today} language={language} />
          {delivery && !delivery.ended ? (
            <ContractDelivery delivery={delivery} earning={earning} language={language} />
          ) : null}
        </div>
        <div className="grid gap-6">
          <ContractSupply contract={contract} language={language} />
          <ContractMandate contract={contract} language={language} />
          <ContractLinks contractId={id} running={running} />
        </div>
      </div>
      <h2 className="mt-10 mb-3 font-semibold text-xl">{t("bills")}</h2>
      {bills.length > 0 ? (
        <>
          <BillTable bills={bills} language={language} />
          <p className="mt-4">
            <LocalLink
              href={archiveAddress({ contract: id })}
              className="inline-block py-2 text-accent underline"
            >
              {t("allBills")}
            </LocalLink>
          </p>
        </>
      ) : (
        <EmptyState
          next={
            running
              ? {
                  href: "/delivery",
                  label: (await getTranslations("navigation.next"))("delivery"),
                }
              : undefined
          }
        >
          {t("noBills")}
        </EmptyState>
      )}
      <p className="mt-10" data-print="no">
        <LocalLink href={`/contracts/${id}/remove`} className="text-accent underline">
          {(await getTranslations("addContracts"))("remove")}
        </LocalLink>
      </p>
    </CompanyColours>
  );
}
