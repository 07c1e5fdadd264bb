import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SecondFactorSetup } from "@/components/accounts/second-factor-setup";
import { buttonClass } from "@/components/ui/button-class";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { confirmSecondFactorAction } from "@/lib/accounts/actions/second-factor";
import { requireCustomer } from "@/lib/auth/current";
import { findSecondFactor } from "@/lib/auth/second-factor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("access.secondFactor"))("setupTitle") };
}

/** Begun on the profile, after the password; without that there is nothing to set up here. */
export default async function SecondFactorPage() {
  const ctx = await requireCustomer("/profile/access/second-factor");
  const factor = await findSecondFactor(ctx);
  const t = await getTranslations("access.secondFactor");
  if (factor.state === "off") {
    return (
      <div className="max-w-xl">
        <PageHeader title={t("title")}>{t("off")}</PageHeader>
        <LocalLink href="/profile/access" className={buttonClass()}>
          {t("start")}
        </LocalLink>
      </div>
    );
  }
  return (
    <div className="max-w-xl">
      <PageHeader title={t("setupTitle")}>{t("setupLead")}</PageHeader>
      <SecondFactorSetup
        action={confirmSecondFactorAction}
        pending={factor.state === "pending" ? factor : null}
        onward="/profile/access"
      />
    </div>
  );
}
