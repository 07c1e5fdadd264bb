import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ContractCard } from "@/components/contracts/contract-card";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listContracts } from "@/lib/contracts/queries/contracts";
import { listDeliveries } from "@/lib/delivery/queries";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("contracts"))("title") };
}

export default async function ContractsPage() {
  const ctx = await requireCustomer("/contracts");
  const [contracts, deliveries] = await Promise.all([listContracts(ctx), listDeliveries(ctx)]);
  const language = await currentLanguage();
  const t = await getTranslations("contracts");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {contracts.length === 0 ? <p>{t("none")}</p> : null}
      <div className="grid gap-6 md:grid-cols-2">
        {contracts.map((contract) => (
          <ContractCard
            key={contract.id}
            contract={contract}
            delivery={deliveries.find(({ contractId }) => contractId === contract.id)}
            language={language}
          />
        ))}
      </div>
    </>
  );
}
