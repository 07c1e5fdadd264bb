import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { PaperAfterwards } from "@/components/delivery/paper-afterwards";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { SubmitButton } from "@/components/ui/submit-button";
import { removeContractAction } from "@/lib/accounts/actions/contracts";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findContract } from "@/lib/contracts/queries/contracts";
import { listDeliveries } from "@/lib/delivery/queries";

interface RemoveContractPageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("addContracts"))("remove") };
}

/** What happens to the contract's delivery is shown first; then the button. */
export default async function RemoveContractPage({ params }: RemoveContractPageProps) {
  const { id } = await params;
  const ctx = await requireCustomer(`/contracts/${id}/remove`);
  const contract = await findContract(ctx, id);
  const deliveries = contract ? await listDeliveries(ctx, { contractId: id }) : [];
  if (!contract || deliveries.length === 0) {
    notFound();
  }
  const t = await getTranslations("addContracts");
  return (
    <div className="max-w-2xl">
      <PageHeader title={t("removeTitle", { number: contract.contractNumber })}>
        {t("removeLead")}
      </PageHeader>
      <ul className="mb-6 grid list-disc gap-2 pl-5">
        <li>{t("lose")}</li>
        <li>{t("keep")}</li>
      </ul>
      <PaperAfterwards deliveries={deliveries} language={await currentLanguage()} />
      <ActionForm
        action={removeContractAction}
        errorTitle={t("errorTitle")}
        labels={{}}
        className="mt-6 flex flex-wrap gap-3"
      >
        <input type="hidden" name="contractId" value={id} />
        <SubmitButton tone="danger">{t("submitRemove")}</SubmitButton>
        <LocalLink href={`/contracts/${id}`} className={buttonClass("quiet")}>
          {t("cancel")}
        </LocalLink>
      </ActionForm>
    </div>
  );
}
