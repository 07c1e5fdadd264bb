import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { TokenForm } from "@/components/accounts/token-form";
import { TokenList } from "@/components/accounts/token-list";
import { Card } from "@/components/ui/card";
import { PageHeader } from "@/components/ui/page-header";
import { listCustomerTokens } from "@/lib/accounts/queries/customer-tokens";
import { CUSTOMER_API } from "@/lib/api/customer/answer-customer";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { env } from "@/lib/env";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("tokens"))("title") };
}

/** The secrets by which a customer's own programs and calendars read. */
export default async function TokensPage() {
  const ctx = await requireCustomer("/profile/tokens");
  const tokens = await listCustomerTokens(ctx);
  const t = await getTranslations("tokens");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <div className="grid gap-6">
        <Card title={t("newTitle")}>
          <TokenForm />
          <p className="mt-5 max-w-prose text-muted text-sm [overflow-wrap:anywhere]">
            {t("how", { address: `${env().APP_URL}${CUSTOMER_API}/consumption` })}
          </p>
          <p className="mt-2 text-sm">
            {/* A page in English, of the API's own. */}
            <a href={CUSTOMER_API} hrefLang="en" className="text-accent underline">
              {t("reference")}
            </a>
          </p>
        </Card>
        <Card title={t("listTitle")}>
          <TokenList tokens={tokens} language={await currentLanguage()} />
        </Card>
      </div>
    </>
  );
}
