import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { DataTable } from "@/components/ui/data-table";
import { SubmitButton } from "@/components/ui/submit-button";
import { endSessionAction } from "@/lib/accounts/actions/sessions";
import { OTHERS } from "@/lib/accounts/schema";
import type { OwnSession } from "@/lib/auth/sessions";
import { readUserAgent } from "@/lib/auth/user-agent";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface SessionListProps {
  sessions: OwnSession[];
  language: Language;
  /** Theirs end sooner. */
  ofStaff?: boolean;
}

/** Where one is signed in now, with a way to end each, or all the others. */
export async function SessionList({ sessions, language, ofStaff }: SessionListProps) {
  const t = await getTranslations("access.sessions");
  const access = await getTranslations("access");
  const device = ({ userAgent }: OwnSession) => {
    const read = readUserAgent(userAgent);
    return read ? t("on", read) : t("unknown");
  };
  return (
    <Card title={t("title")}>
      <p className="mb-4 max-w-prose">{t(ofStaff ? "staffLead" : "lead")}</p>
      {/* One form for all: its answer stays in sight when the row it was about is gone. */}
      <ActionForm action={endSessionAction} errorTitle={access("errorTitle")} labels={{}}>
        <DataTable
          caption={t("caption")}
          captionHidden
          rows={sessions}
          rowKey={({ id }) => id}
          columns={[
            {
              key: "device",
              header: t("device"),
              cell: (session) => (
                <span>
                  {device(session)}
                  {session.current ? (
                    <span className="block font-normal text-muted text-sm">{t("current")}</span>
                  ) : null}
                </span>
              ),
            },
            {
              key: "seen",
              header: t("lastSeen"),
              cell: (session) => formatInstant(session.lastSeenAt, language),
            },
            {
              key: "since",
              header: t("since"),
              cell: (session) => formatInstant(session.createdAt, language),
            },
            {
              key: "end",
              header: t("end"),
              cell: (session) =>
                session.current ? (
                  "–"
                ) : (
                  <SubmitButton
                    tone="quiet"
                    name="sessionId"
                    value={session.id}
                    label={t("endLabel", {
                      device: device(session),
                      since: formatInstant(session.createdAt, language),
                    })}
                  >
                    {t("end")}
                  </SubmitButton>
                ),
            },
          ]}
        />
        {sessions.length > 1 ? (
          <p className="mt-5">
            <SubmitButton tone="quiet" name="sessionId" value={OTHERS}>
              {t("endOthers")}
            </SubmitButton>
          </p>
        ) : null}
      </ActionForm>
    </Card>
  );
}
