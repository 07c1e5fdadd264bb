import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Notice } from "@/components/ui/notice";
import { SubmitButton } from "@/components/ui/submit-button";
import { repairAddressAction } from "@/lib/delivery/actions";
import type { SuspendedAddress } from "@/lib/delivery/queries/suspended-addresses";
import { contractWords } from "@/lib/delivery/words";
import type { Language } from "@/lib/i18n/languages";
import { formatDate, formatInstant, romeDay } from "@/lib/time";

interface SuspendedBannerProps {
  addresses: SuspendedAddress[];
  language: Language;
}

/** R19: says which address our mail does not reach, what that does to bills, and how to mend it. */
export async function SuspendedBanner({ addresses, language }: SuspendedBannerProps) {
  return addresses.map((address, place) => (
    <SuspendedNotice key={address.email} {...{ address, place, language }} />
  ));
}

async function SuspendedNotice({
  address,
  place,
  language,
}: {
  address: SuspendedAddress;
  place: number;
  language: Language;
}) {
  const t = await getTranslations("delivery.suspended");
  const tDelivery = await getTranslations("delivery");
  const { email, reason, since, contractNumbers, repairable, own, askedAt } = address;
  return (
    <Notice tone="warning" title={t("title", { email })}>
      <div className="[overflow-wrap:anywhere]">
        <p className="mt-1">
          {t(`reason.${reason}`, { date: formatDate(romeDay(since), language) })}{" "}
          {contractNumbers.length > 0
            ? t("onPaper", {
                count: contractNumbers.length,
                contracts: contractWords(tDelivery, contractNumbers),
              })
            : t("noBills")}
        </p>
        <p className="mt-2">{t(repairable ? (own ? "repairOwn" : "repair") : "chooseAnother")}</p>
        {askedAt ? (
          <p className="mt-2">{t("asked", { at: formatInstant(askedAt, language) })}</p>
        ) : null}
        {repairable ? (
          <div className="mt-3">
            <ActionForm
              action={repairAddressAction}
              errorTitle={t("errorTitle")}
              labels={{ address: email }}
              idPrefix={`repair-${place}-`}
            >
              <input type="hidden" name="address" value={email} />
              <SubmitButton tone="quiet">{t(askedAt ? "askAgain" : "ask")}</SubmitButton>
            </ActionForm>
          </div>
        ) : null}
      </div>
    </Notice>
  );
}
