import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AddableContracts } from "@/components/contracts/addable-contracts";
import { ContractCard } from "@/components/contracts/contract-card";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { listAddableContracts } from "@/lib/accounts/queries/own-holder-contracts";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listContracts } from "@/lib/contracts/queries/contracts";
import { listDeliveries } from "@/lib/delivery/queries";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("contracts"))("title") };
}

interface ContractsPageProps {
  searchParams: Promise<{ removed?: string }>;
}

export default async function ContractsPage({ searchParams }: ContractsPageProps) {
  const ctx = await requireCustomer("/contracts");
  const [contracts, deliveries, addable] = await Promise.all([
    listContracts(ctx),
    listDeliveries(ctx),
    listAddableContracts(ctx),
  ]);
  const language = await currentLanguage();
  const t = await getTranslations("contracts");
  const { removed } = await searchParams;
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {removed ? (
        <Notice tone="success">{(await getTranslations("addContracts"))("removed")}</Notice>
      ) : null}
      {contracts.length === 0 ? (
        <EmptyState
          next={{
            href: "/contracts/add",
            label: (await getTranslations("navigation.next"))("addContract"),
          }}
        >
          {t("none")}
        </EmptyState>
      ) : null}
      <div className="grid gap-6 @2xl:grid-cols-2">
        {contracts.map((contract) => (
          <ContractCard
            key={contract.id}
            contract={contract}
            delivery={deliveries.find(({ contractId }) => contractId === contract.id)}
            language={language}
          />
        ))}
      </div>
      <AddableContracts contracts={addable} />
    </>
  );
}
