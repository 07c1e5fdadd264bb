import { getTranslations } from "next-intl/server";
import { Card } from "@/components/ui/card";
import { LiveRefresh } from "@/components/ui/live-refresh";
import { LocalLink } from "@/components/ui/local-link";
import { Notice, type Tone } from "@/components/ui/notice";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { RunOrder, RunSheet } from "@/lib/runs/queries/run-sheet";
import { formatInstant } from "@/lib/time";
import { underWay } from "./run-progress";
import { runPath } from "./run-words";

interface RunOrdersProps {
  sheet: RunSheet;
  language: Language;
}

/** An order that is not finished, or mails on their way: the page keeps itself up to date. */
export const isMoving = (sheet: RunSheet) =>
  sheet.orders.some(({ finishedAt }) => finishedAt === null) ||
  (sheet.state === "published" && underWay(sheet) > 0);

/** The latest order and how it went or goes, announced when that changes. */
export async function LatestOrder({ sheet, language }: RunOrdersProps) {
  const t = await getTranslations("staff.runs");
  const [latest] = sheet.orders;
  const moving = isMoving(sheet);
  return (
    <div id="orders" tabIndex={-1} className="outline-none">
      {/* Always there, so that what changes in it is read out. */}
      <div role="status">
        {latest ? (
          <Notice tone={toneOf(latest)} title={t(`ordered.${latest.step}`, { who: latest.who })}>
            <p>{await wordsOf(latest, language)}</p>
          </Notice>
        ) : null}
      </div>
      {latest && latest.finishedAt === null ? (
        <p className="-mt-4 mb-6 text-muted">
          {t("since", { seconds: formatNumber(latest.seconds, language) })}
        </p>
      ) : null}
      {moving ? (
        <>
          <LiveRefresh />
          <noscript>
            <p className="mb-6">
              <LocalLink href={runPath(sheet.company.slug, sheet.name)}>{t("update")}</LocalLink>
            </p>
          </noscript>
        </>
      ) : null}
    </div>
  );
}

function toneOf({ finishedAt, outcome }: RunOrder): Tone {
  if (finishedAt === null) {
    return "info";
  }
  return outcome === "done" ? "success" : "danger";
}

async function wordsOf(order: RunOrder, language: Language): Promise<string> {
  const t = await getTranslations("staff.runs");
  if (order.finishedAt === null) {
    return t(order.startedAt ? "running" : "waiting");
  }
  if (order.outcome !== "done") {
    const words = outcomeWords(t, order.outcome ?? "", String(order.detail.reference ?? ""));
    const { refused } = order.detail;
    return refused === undefined ? words : `${words} ${t("refusedBills", { bills: `${refused}` })}`;
  }
  const { detail } = order;
  const number = (value: unknown) =>
    typeof value === "number" ? formatNumber(value, language) : "";
  if (order.step === "withdraw" || detail.carriedOut !== undefined) {
    return t(detail.carriedOut ? "done.withdrawn" : "done.withdrawalWaits", {
      documents: number(detail.documents),
      told: number(detail.told),
    });
  }
  if (detail.already === true) {
    return t("done.already");
  }
  return t(`done.${order.step}`, {
    documents: number(detail.documents),
    electronic: number(detail.electronic),
    paper: number(detail.paper),
  });
}

type Translate = Awaited<ReturnType<typeof getTranslations>>;

function outcomeWords(t: Translate, outcome: string, reference: string): string {
  return t.has(`outcome.${outcome}`)
    ? t(`outcome.${outcome}`, { reference })
    : t("outcome.other", { code: outcome });
}

/** What staff ordered before, and how it ended. */
export async function EarlierOrders({ sheet, language }: RunOrdersProps) {
  const t = await getTranslations("staff.runs");
  const earlier = sheet.orders.slice(1);
  if (earlier.length === 0) {
    return null;
  }
  const rows = await Promise.all(
    earlier.map(async (order) => ({ order, words: await wordsOf(order, language) })),
  );
  return (
    <Card title={t("earlierOrders")}>
      <ul className="grid gap-4">
        {rows.map(({ order, words }) => (
          <li key={order.id}>
            <p className="font-semibold">{t(`ordered.${order.step}`, { who: order.who })}</p>
            <p className="text-muted text-sm">{formatInstant(order.orderedAt, language)}</p>
            <p>{words}</p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
