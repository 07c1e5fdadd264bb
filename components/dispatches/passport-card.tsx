import { getTranslations } from "next-intl/server";
import { DispatchState } from "@/components/documents/dispatch-state";
import { Card } from "@/components/ui/card";
import { LiveRefresh } from "@/components/ui/live-refresh";
import { LocalLink } from "@/components/ui/local-link";
import type { Passport } from "@/lib/dispatches/queries/passport";
import { movesSoon } from "@/lib/dispatches/rules";
import type { Language } from "@/lib/i18n/languages";
import { archivedMailPath } from "@/lib/mail/queries/mail-archive";
import { formatDate, formatInstant } from "@/lib/time";
import { PassportTimeline } from "./passport-timeline";

const UNDER_WAY: readonly string[] = [
  "queued",
  "batched",
  "accepted",
  "delayed",
  "bounced",
  "failed",
];

/** Whether its reader should see the next step without loading the page again. */
const moves = ({ dispatch, document, sendings }: Passport): boolean =>
  dispatch?.channel === "email" &&
  !document.withdrawnAt &&
  movesSoon(dispatch.state, sendings.at(-1)?.frozenAt ?? dispatch.createdAt, new Date());

interface PassportCardProps {
  passport: Passport;
  language: Language;
  /** Where mails as sent are shown: `/notifications` or `/staff/notifications`. */
  mailsAt: "/notifications" | "/staff/notifications";
}

/** A bill's passport: where it stands, what happened, what follows if nothing more does. */
export async function PassportCard({ passport, language, mailsAt }: PassportCardProps) {
  const t = await getTranslations("passport");
  const { dispatch, document, sendings, latestSafeOn, mailWaits } = passport;
  const sent = sendings.filter(({ taken }) => taken);
  const waits =
    dispatch?.channel === "email" && UNDER_WAY.includes(dispatch.state) && !document.withdrawnAt;
  return (
    <div className="grid max-w-3xl gap-6">
      <Card title={t("now")}>
        <div aria-live="polite">
          <DispatchState dispatch={dispatch} language={language} />
        </div>
        {moves(passport) ? <LiveRefresh /> : null}
        {mailWaits ? <p className="mt-2">{t("mailWaits")}</p> : null}
        {waits ? (
          <p className="mt-2 text-muted">
            {t("latestSafe", { date: formatDate(latestSafeOn, language) })}
          </p>
        ) : null}
        {dispatch?.state === "delivered" ? (
          <p className="mt-2 text-muted">{t("deliveredMeans")}</p>
        ) : null}
      </Card>
      <Card title={t("steps")}>
        <PassportTimeline passport={passport} language={language} />
      </Card>
      {sent.length > 0 ? (
        <Card title={t("mails")}>
          <ul className="grid gap-2">
            {sent.map(({ batchId, email, frozenAt }) => (
              <li key={batchId} className="[overflow-wrap:anywhere]">
                <LocalLink
                  href={`${mailsAt}/${archivedMailPath({ documentId: document.id, batchId })}`}
                  className="text-accent underline underline-offset-2"
                >
                  {t("mailTo", { email, at: formatInstant(frozenAt, language) })}
                </LocalLink>
              </li>
            ))}
          </ul>
        </Card>
      ) : null}
    </div>
  );
}
