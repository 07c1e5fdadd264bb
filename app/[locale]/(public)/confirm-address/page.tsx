import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { PageHeader } from "@/components/ui/page-header";
import { SubmitButton } from "@/components/ui/submit-button";
import { confirmAddressAction } from "@/lib/delivery/actions";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("delivery");
  return { title: t("confirmAddress.title") };
}

interface ConfirmAddressPageProps {
  searchParams: Promise<{ token?: string | string[] }>;
}

export default async function ConfirmAddressPage({ searchParams }: ConfirmAddressPageProps) {
  const { token } = await searchParams;
  const t = await getTranslations("delivery");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("confirmAddress.title")}>{t("confirmAddress.lead")}</PageHeader>
      <ActionForm
        action={confirmAddressAction}
        errorTitle={t("confirmAddress.errorTitle")}
        labels={{}}
        doneInstead
      >
        <input type="hidden" name="token" value={typeof token === "string" ? token : ""} />
        <SubmitButton>{t("confirmAddress.submit")}</SubmitButton>
        <p className="mt-6 text-muted">{t("confirmAddress.ignore")}</p>
      </ActionForm>
    </div>
  );
}
