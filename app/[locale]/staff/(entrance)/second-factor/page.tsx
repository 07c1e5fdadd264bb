import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { SecondFactorSetup } from "@/components/accounts/second-factor-setup";
import { PageHeader } from "@/components/ui/page-header";
import { enrolSecondFactorAction } from "@/lib/accounts/actions/second-factor";
import { currentActor, currentAwaiting, currentLanguage } from "@/lib/auth/current";
import { offeredSecret } from "@/lib/auth/second-factor";
import { localizedPath } from "@/lib/i18n/languages";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access.secondFactor"))("staffTitle") };
}

/** The first sign-in of a member of staff ends here: without a second factor nobody gets in. */
export default async function StaffSecondFactorPage() {
  const found = await currentAwaiting();
  const enrolling = found?.awaiting === "enrolment" ? found.ctx : null;
  if (!enrolling && (await currentActor())?.kind !== "staff") {
    redirect(localizedPath(await currentLanguage(), "/staff/login"));
  }
  const t = await getTranslations("access.secondFactor");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("staffTitle")}>{t("staffLead")}</PageHeader>
      <SecondFactorSetup
        action={enrolSecondFactorAction}
        pending={enrolling && offeredSecret(enrolling.actor)}
        onward="/staff"
      />
    </div>
  );
}
