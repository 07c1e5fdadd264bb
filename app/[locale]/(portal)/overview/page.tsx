import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DeliveryGlance } from "@/components/delivery/delivery-glance";
import { MandateBanner } from "@/components/delivery/mandate-banner";
import { SuspendedBanner } from "@/components/delivery/suspended-banner";
import { LatestBill } from "@/components/documents/latest-bill";
import { WithdrawnList } from "@/components/documents/withdrawn-list";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { findHolderName } from "@/lib/contracts/queries/contracts";
import { listMandateEnds } from "@/lib/contracts/queries/mandate-ends";
import { listDeliveries } from "@/lib/delivery/queries";
import { listSuspendedAddresses } from "@/lib/delivery/queries/suspended-addresses";
import { findLatestBill } from "@/lib/documents/queries/bills";
import { listWithdrawn } from "@/lib/documents/queries/withdrawals";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

export default async function OverviewPage() {
  const ctx = await requireCustomer("/overview");
  const [name, latest, deliveries, ends, suspended, withdrawn] = await Promise.all([
    findHolderName(ctx),
    findLatestBill(ctx),
    listDeliveries(ctx),
    listMandateEnds(ctx),
    listSuspendedAddresses(ctx),
    listWithdrawn(ctx),
  ]);
  const language = await currentLanguage();
  const t = await getTranslations("overview");
  return (
    <>
      <PageHeader title={name ? t("greeting", { name }) : t("greetingPlain")}>
        {t("lead")}
      </PageHeader>
      <MandateBanner ends={ends} language={language} />
      <SuspendedBanner addresses={suspended} language={language} />
      <WithdrawnList bills={withdrawn} language={language} />
      <div className="grid items-start gap-6 md:grid-cols-2">
        <div className="grid gap-6">
          {latest ? (
            <LatestBill bill={latest} language={language} />
          ) : (
            <Card title={t("latest")}>
              <p>{t("noBill")}</p>
            </Card>
          )}
          <Card title={t("consumption")}>
            <p className="mb-4">{t("consumptionLead")}</p>
            <LocalLink href="/consumption" className={buttonClass("quiet")}>
              {t("consumptionOpen")}
            </LocalLink>
          </Card>
        </div>
        <Card title={t("delivery")}>
          {deliveries.length === 0 ? (
            <p>{t("noContract")}</p>
          ) : (
            <>
              <DeliveryGlance deliveries={deliveries} language={language} />
              <p className="mt-2">
                <LocalLink href="/delivery" className={buttonClass("quiet")}>
                  {t("changeDelivery")}
                </LocalLink>
              </p>
            </>
          )}
        </Card>
      </div>
    </>
  );
}
