import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DeliveryPanel } from "@/components/delivery/delivery-panel";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { listChoices, listDeliveries } from "@/lib/delivery/queries";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("delivery"))("title") };
}

export default async function DeliveryPage() {
  const ctx = await requireCustomer("/delivery");
  const [deliveries, choices] = await Promise.all([listDeliveries(ctx), listChoices(ctx)]);
  const language = await currentLanguage();
  const t = await getTranslations("delivery");
  return (
    <div className="max-w-3xl">
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {deliveries.length === 0 ? <p>{t("none")}</p> : null}
      <div className="grid gap-6">
        {deliveries.map((delivery) => (
          <DeliveryPanel
            key={delivery.contractId}
            delivery={delivery}
            choices={choices.filter(({ contractId }) => contractId === delivery.contractId)}
            ownEmail={ctx.actor.email}
            language={language}
          />
        ))}
      </div>
    </div>
  );
}
