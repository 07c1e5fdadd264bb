import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ProofFields, proofLabels } from "@/components/accounts/proof-fields";
import { ActionForm } from "@/components/ui/action-form";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { SubmitButton } from "@/components/ui/submit-button";
import { addContractByProofAction } from "@/lib/accounts/actions/contracts";
import { requireCustomer } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("addContracts"))("title") };
}

/** A further contract of the same holder, also of another company of the group, by its bill (R5). */
export default async function AddContractPage() {
  const ctx = await requireCustomer("/contracts/add");
  const companies = await listCompanies(ctx.db);
  const t = await getTranslations("addContracts");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <ActionForm
        action={addContractByProofAction}
        errorTitle={t("errorTitle")}
        labels={await proofLabels()}
        doneInstead
        afterwards={
          <LocalLink href="/contracts" className={buttonClass()}>
            {t("toList")}
          </LocalLink>
        }
      >
        <ProofFields companies={companies} />
        <SubmitButton>{t("submit")}</SubmitButton>
      </ActionForm>
      <p className="mt-6">
        <LocalLink href="/contracts" className="text-accent underline">
          {t("toList")}
        </LocalLink>
      </p>
    </div>
  );
}
