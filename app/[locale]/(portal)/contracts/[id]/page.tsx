import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { ContractDelivery } from "@/components/contracts/contract-delivery";
import {
  ContractCodes,
  ContractOffer,
  ContractSupply,
} from "@/components/contracts/contract-facts";
import { ContractMandate } from "@/components/contracts/contract-mandate";
import { BillTable } from "@/components/documents/bill-table";
import { CompanyColours } from "@/components/shell/company-colours";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findContract } from "@/lib/contracts/queries/contracts";
import { listDeliveries } from "@/lib/delivery/queries";
import { listBills } from "@/lib/documents/queries/bill-list";

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
  const [[delivery], { bills, older }] = await Promise.all([
    listDeliveries(ctx, { contractId: id }),
    listBills(ctx, { filter: { contract: id }, limit: 12 }),
  ]);
  const language = await currentLanguage();
  const t = await getTranslations("contracts");
  const tBills = await getTranslations("bills");
  return (
    <CompanyColours accentColor={contract.company.accentColor}>
      <PageHeader title={t("sheet", { number: contract.contractNumber })}>
        {`${tBills(`commodity.${contract.commodity}`)} · ${contract.companyName} · ${contract.supplyAddress}`}
      </PageHeader>
      <div className="grid items-start gap-6 md:grid-cols-2">
        <div className="grid gap-6">
          <ContractCodes contract={contract} />
          <ContractOffer contract={contract} language={language} />
          {delivery && !delivery.ended ? (
            <ContractDelivery delivery={delivery} language={language} />
          ) : null}
        </div>
        <div className="grid gap-6">
          <ContractSupply contract={contract} language={language} />
          <ContractMandate contract={contract} language={language} />
        </div>
      </div>
      <h2 className="mt-10 mb-3 font-semibold text-xl">{t("bills")}</h2>
      <BillTable bills={bills} language={language} />
      <p className="mt-4 flex flex-wrap gap-6">
        {older ? (
          <LocalLink href={`/bills?contract=${id}`} className="text-accent underline">
            {t("allBills")}
          </LocalLink>
        ) : null}
        <LocalLink href={`/consumption?contract=${id}`} className="text-accent underline">
          {t("consumption")}
        </LocalLink>
      </p>
      <p className="mt-10" data-print="no">
        <LocalLink href={`/contracts/${id}/remove`} className="text-accent underline">
          {(await getTranslations("addContracts"))("remove")}
        </LocalLink>
      </p>
    </CompanyColours>
  );
}
