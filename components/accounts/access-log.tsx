import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { DataTable } from "@/components/ui/data-table";
import { ACCESS_LOG_SHOWN, type AccessLogEntry } from "@/lib/accounts/queries/access-log";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface AccessLogProps {
  entries: AccessLogEntry[];
  language: Language;
}

/** What was done with the account and by whom (R30); of staff the role, never the name. */
export async function AccessLog({ entries, language }: AccessLogProps) {
  const t = await getTranslations("ownData.log");
  const who = ({ action, actorKind, staffRole }: AccessLogEntry) => {
    // Whoever had a wrong password or code may have been anybody.
    if (action === "refused_sign_in") {
      return t("actor.visitor");
    }
    if (actorKind === "staff") {
      return staffRole ? t(`role.${staffRole}`) : t("staff");
    }
    return t(`actor.${actorKind}`);
  };
  return (
    <Card title={t("title")}>
      {entries.length === 0 ? (
        <p className="text-muted">{t("empty")}</p>
      ) : (
        <>
          <p className="mb-4 max-w-prose">{t("lead", { count: ACCESS_LOG_SHOWN })}</p>
          <DataTable
            caption={t("caption")}
            captionHidden
            rows={entries}
            rowKey={({ id }) => id}
            columns={[
              {
                key: "what",
                header: t("what"),
                // One that is newer than these words is told as such.
                cell: ({ action }) => {
                  const key = `action.${action}` as "action.signed_in";
                  return t.has(key) ? t(key) : t("other");
                },
              },
              { key: "at", header: t("at"), cell: ({ at }) => formatInstant(at, language) },
              { key: "who", header: t("who"), cell: who },
            ]}
          />
        </>
      )}
    </Card>
  );
}
