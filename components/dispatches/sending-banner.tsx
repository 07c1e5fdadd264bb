import { getTranslations } from "next-intl/server";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import type { Language } from "@/lib/i18n/languages";
import { RESTORED } from "@/lib/mail/commands/hold";
import type { SendingState } from "@/lib/mail/queries/sending-state";
import { formatInstant } from "@/lib/time";

interface SendingBannerProps {
  state: SendingState;
  language: Language;
}

/** What keeps mail from going out or its outcome from coming back; nothing while all is well (R17, R18). */
export async function SendingBanner({ state, language }: SendingBannerProps) {
  const t = await getTranslations("desk.sending");
  const { pauses, eventsMissingSince, batchesSetAside, waitingBills, waitingMails } = state;
  return (
    <>
      {pauses.map(({ companyName, reason, since, probeAt }) => (
        <Notice
          key={`${companyName} ${reason}`}
          tone="danger"
          title={companyName ? t("pausedOf", { company: companyName }) : t("paused")}
        >
          <p>
            {t.has(`reason.${reason}`) ? t(`reason.${reason}`) : t("reasonCode", { code: reason })}{" "}
            {reason === RESTORED
              ? t("heldSince", { since: formatInstant(since, language) })
              : t("pausedSince", {
                  since: formatInstant(since, language),
                  probe: formatInstant(probeAt, language),
                })}
          </p>
          <p className="mt-1">{t("waiting", { bills: waitingBills, mails: waitingMails })}</p>
        </Notice>
      ))}
      {eventsMissingSince ? (
        <Notice tone="danger" title={t("silent")}>
          {t("silentSince", { since: formatInstant(eventsMissingSince, language) })}
        </Notice>
      ) : null}
      {batchesSetAside > 0 ? (
        <Notice tone="warning" title={t("setAside", { count: batchesSetAside })}>
          {t.rich("setAsideLead", {
            link: (text) => (
              <LocalLink href="/staff/undelivered?kind=set_aside" className="underline">
                {text}
              </LocalLink>
            ),
          })}
        </Notice>
      ) : null}
    </>
  );
}
