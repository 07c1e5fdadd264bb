import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SecondFactorSetup } from "@/components/accounts/second-factor-setup";
import { PageHeader } from "@/components/ui/page-header";
import { confirmSecondFactorAction } from "@/lib/accounts/actions/second-factor";
import { requireCustomer } from "@/lib/auth/current";
import { findSecondFactor, offeredSecret } from "@/lib/auth/second-factor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access.secondFactor"))("setupTitle") };
}

/** Scan, then show the password and the app's first code; once it is on, the recovery codes are shown. */
export default async function SecondFactorPage() {
  const ctx = await requireCustomer("/profile/access/second-factor");
  const factor = await findSecondFactor(ctx);
  const t = await getTranslations("access.secondFactor");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("setupTitle")}>{t("setupLead")}</PageHeader>
      <SecondFactorSetup
        action={confirmSecondFactorAction}
        pending={factor.state === "off" ? offeredSecret(ctx.actor) : null}
        withPassword
        onward="/profile/access"
      />
    </div>
  );
}
