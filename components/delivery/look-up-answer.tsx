import { getTranslations } from "next-intl/server";
import { reasonKey } from "@/components/runs/run-words";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import type { DeliveryLookUp, JudgedDelivery } from "@/lib/delivery/commands/look-up-delivery";
import type { Language } from "@/lib/i18n/languages";
import { formatCents } from "@/lib/money";
import { formatDate, formatInstant, formatShortDate } from "@/lib/time";
import { ChoiceTable, PlanTable, SentTable } from "./look-up-history";

interface LookUpAnswerProps {
  found: DeliveryLookUp;
  /** Somebody asked for another time than now. */
  timeAsked: boolean;
  language: Language;
}

/** The answer for a caller: how and why, at that time and at the next cut-off, with the evidence. */
export async function LookUpAnswer({ found, timeAsked, language }: LookUpAnswerProps) {
  const t = await getTranslations("staff.lookUp");
  return (
    <section aria-labelledby="answer">
      <h2 id="answer" className="font-semibold text-2xl">
        {t("answer", { contract: found.contractNumber })}
      </h2>
      <p className="mb-6 text-muted">
        {[found.companyName, found.holderName, found.supplyAddress].join(" · ")}
        {found.endsOn ? ` · ${t("endsOn", { date: formatDate(found.endsOn, language) })}` : ""}
      </p>
      <div className="grid items-start gap-6 @2xl:grid-cols-2">
        <Verdict
          title={timeAsked ? t("asked", { at: formatInstant(found.asked.at, language) }) : t("now")}
          judged={found.asked}
          language={language}
        />
        <Verdict
          title={t("next", { at: formatInstant(found.next.at, language) })}
          judged={found.next}
          language={language}
        />
        <Evidence found={found} language={language} />
      </div>
      <PlanTable plans={found.plans} language={language} />
      <ChoiceTable choices={found.choices} language={language} />
      <SentTable bills={found.bills} language={language} />
    </section>
  );
}

interface VerdictProps {
  title: string;
  judged: JudgedDelivery;
  language: Language;
}

async function Verdict({ title, judged, language }: VerdictProps) {
  const t = await getTranslations("staff");
  return (
    <Card title={title} level={3}>
      <p className="font-bold text-xl">{t(`mode.${judged.mode}`)}</p>
      {judged.email ? <p className="[overflow-wrap:anywhere]">{judged.email}</p> : null}
      <p className="mt-2">{t(`reason.${reasonKey(judged.mode, judged.reason)}`)}</p>
      <p className="mt-2 text-muted">
        {judged.discountBasis
          ? `${t("lookUp.discount")}: ${t(`discount.${judged.discountBasis}`, {
              amount: formatCents(judged.discountCents, language),
            })}`
          : t("lookUp.noDiscount")}
      </p>
    </Card>
  );
}

async function Evidence({ found, language }: { found: DeliveryLookUp; language: Language }) {
  const t = await getTranslations("staff.lookUp");
  const choice = found.choices.find(({ id }) => id === found.asked.choiceId);
  const mandate =
    found.mandates.find(({ id }) => id === found.asked.mandateId) ?? found.mandates[0];
  return (
    <Card title={t("evidence")} level={3} className="@2xl:col-span-2">
      <Facts
        items={[
          {
            label: t("choice"),
            value: choice
              ? t("choiceMade", {
                  mode: t(`chose.${choice.mode}`),
                  at: formatInstant(choice.chosenAt, language),
                  origin: t(`origin.${choice.origin}`),
                })
              : t("noChoice"),
          },
          {
            label: t("address"),
            value:
              choice?.mode === "electronic"
                ? t(choice.confirmed ? "addressUsed" : "addressWaits", {
                    email: choice.email ?? choice.accountEmail ?? "",
                    own: choice.accountEmail ?? "",
                  })
                : null,
          },
          {
            label: t("mandate"),
            value: mandate
              ? [
                  mandate.reference,
                  t(`mandateStatus.${mandate.status}`),
                  mandate.since
                    ? t("since", { date: formatShortDate(mandate.since, language) })
                    : "",
                  mandate.until
                    ? t("until", { date: formatShortDate(mandate.until, language) })
                    : "",
                ]
                  .filter(Boolean)
                  .join(", ")
              : t("noMandate"),
          },
          ...found.suspensions.map(({ email, reason, since, until }) => ({
            label: t("suspension"),
            value: t(until ? "suspensionLifted" : "suspended", {
              email,
              reason: t(`suspensionReason.${reason}`),
              since: formatInstant(since, language),
              until: until ? formatInstant(until, language) : "",
            }),
          })),
        ]}
      />
    </Card>
  );
}
