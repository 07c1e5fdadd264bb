import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { SecondFactorSetup } from "@/components/accounts/second-factor-setup";
import { PageHeader } from "@/components/ui/page-header";
import { confirmSecondFactorAction } from "@/lib/accounts/actions/second-factor";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findSecondFactor } from "@/lib/auth/second-factor";
import { localizedPath } from "@/lib/i18n/languages";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access.secondFactor"))("setupTitle") };
}

/** Begun on the profile, after the password; without that there is nothing to set up here. */
export default async function SecondFactorPage() {
  const ctx = await requireCustomer("/profile");
  const factor = await findSecondFactor(ctx);
  if (factor.state === "off") {
    redirect(localizedPath(await currentLanguage(), "/profile"));
  }
  const t = await getTranslations("access.secondFactor");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("setupTitle")}>{t("setupLead")}</PageHeader>
      <SecondFactorSetup
        action={confirmSecondFactorAction}
        pending={factor.state === "pending" ? factor : null}
        onward="/profile"
      />
    </div>
  );
}
