import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import { LocalLink } from "@/components/ui/local-link";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { OperationsState } from "@/lib/operations/queries/operations-state";
import type { StorageState } from "@/lib/operations/queries/storage-state";
import type { Versions } from "@/lib/operations/queries/versions";
import { formatBytes, sinceWords } from "./since-words";

interface StateCardsProps {
  state: OperationsState;
  storage: StorageState;
  versions: Versions;
  language: Language;
}

/** Every part's figures, a card each. What nobody knows says so; it is never shown as zero. */
export async function StateCards({ state, storage, versions, language }: StateCardsProps) {
  const t = await getTranslations("operations");
  const words = await sinceWords();
  const count = (value: number) => formatNumber(value, language);
  const age = (seconds: number | null) => (seconds === null ? t("since.none") : words(seconds));
  const ago = (seconds: number | null) =>
    seconds === null ? t("fact.none") : t("fact.ago", { since: words(seconds) });
  const fact = (name: Parameters<typeof t.has>[0], value: ReactNode) => ({
    label: t(`fact.${name}` as "fact.waiting"),
    value,
  });
  const { queue, batches, undelivered, events, audit, deletions, endpoints, database } = state;
  const waiting = ({ waiting: n, oldestSeconds }: typeof deletions) => [
    fact("waiting", count(n)),
    fact("oldest", age(oldestSeconds)),
  ];
  const cards = {
    queue: [
      ...waiting(queue),
      fact("atWork", count(queue.atWork)),
      fact("later", count(queue.later)),
      fact("failing", count(queue.failing)),
      fact("gaveUp", count(queue.gaveUp)),
    ],
    sender: [
      fact("bills", count(state.bills.waiting)),
      fact("billsOldest", age(state.bills.oldestSeconds)),
      fact("mails", count(state.mails.waiting)),
      fact("mailsOldest", age(state.mails.oldestSeconds)),
      fact(
        "pace",
        state.perSecond === null
          ? t("unknown")
          : t("fact.paceValue", { n: formatNumber(state.perSecond, language, 1) }),
      ),
      fact("frozen", count(batches.frozen)),
      fact("quarantined", count(batches.quarantined)),
      fact("accepted", count(batches.accepted)),
      fact("failed", count(batches.failed)),
      fact(
        "undelivered",
        <>
          {count(undelivered.failed + undelivered.bounced)}{" "}
          <LocalLink href="/staff/undelivered" className="font-normal text-accent underline">
            {t("fact.undeliveredLink")}
          </LocalLink>
        </>,
      ),
    ],
    events: [
      fact("lastEvent", ago(events.lastSeconds)),
      fact("lag", events.lagP95Seconds === null ? t("unknown") : words(events.lagP95Seconds)),
      fact("toFold", count(events.waiting)),
      fact("oldest", age(events.oldestSeconds)),
    ],
    imports: Object.entries(state.imports).map(([name, n]) => ({
      label: t.has(`importState.${name}`) ? t(`importState.${name}` as "importState.done") : name,
      value: count(n ?? 0),
    })),
    audit: [
      fact("unsealed", count(audit.waiting)),
      fact("sealed", ago(audit.sealedSeconds)),
      fact("block", audit.blocks === 0 ? t("fact.none") : count(audit.blocks)),
      fact("anchor", storage.anchor ? count(storage.anchor.number) : t("fact.none")),
    ],
    deletions: [
      fact("unrecorded", count(deletions.waiting)),
      fact("oldest", age(deletions.oldestSeconds)),
      fact("afterRestore", t("fact.afterRestoreValue")),
    ],
    storage: [
      fact("place", t(`fact.${storage.kind}`)),
      fact("answers", t(storage.answers ? "yes" : "no")),
      fact("free", storage.freeBytes === null ? null : formatBytes(storage.freeBytes, language)),
    ],
    endpoints: [...waiting(endpoints), fact("givenUp", count(endpoints.givenUp))],
    database: [
      fact("size", formatBytes(database.bytes, language)),
      fact(
        "connections",
        t("fact.connectionsValue", {
          n: count(database.connections),
          max: count(database.maxConnections),
        }),
      ),
    ],
    versions: [
      fact("sportello", versions.sportello),
      fact("node", versions.node),
      fact(
        "schema",
        t("fact.schemaValue", { n: count(database.migrations), known: count(versions.migrations) }),
      ),
      fact("lastMigration", versions.lastMigration),
    ],
  };
  return (
    <div className="mb-12 grid items-start gap-6 @2xl:grid-cols-2">
      {Object.entries(cards).map(([area, items]) => (
        <Card key={area} title={t(`area.${area as keyof typeof cards}`)}>
          {items.length > 0 ? (
            <Facts items={items} />
          ) : (
            <p className="text-muted">{t("fact.none")}</p>
          )}
        </Card>
      ))}
    </div>
  );
}
