import { getTranslations } from "next-intl/server";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber, formatShare } from "@/lib/money";
import type { RunSheet } from "@/lib/runs/queries/run-sheet";

/** From what is settled well to what is not; the colour repeats the word beside it. */
const STATES = [
  ["delivered", "bg-success"],
  ["accepted", "bg-accent"],
  ["delayed", "bg-warning"],
  ["batched", "bg-band-line"],
  ["queued", "bg-band-3"],
  ["paper", "bg-band-2"],
  ["bounced", "bg-danger"],
  ["complained", "bg-danger"],
  ["suppressed", "bg-danger"],
  ["failed", "bg-danger"],
  ["withdrawn", "bg-muted"],
] as const;

interface DispatchBarProps {
  dispatches: RunSheet["dispatches"];
  language: Language;
}

/** Where the sending of a run's documents stands: a bar, and its figures in words. */
export async function DispatchBar({ dispatches, language }: DispatchBarProps) {
  const t = await getTranslations("staff.runs");
  const parts = STATES.flatMap(([state, colour]) => {
    const rows = dispatches[state] ?? 0;
    return rows > 0 ? [{ state, colour, rows }] : [];
  });
  const total = parts.reduce((sum, { rows }) => sum + rows, 0);
  if (total === 0) {
    return null;
  }
  return (
    <figure>
      <figcaption className="mb-3 text-muted">
        {t("dispatchCaption", { documents: formatNumber(total, language) })}
      </figcaption>
      <div
        aria-hidden="true"
        className="flex h-5 w-full gap-px overflow-hidden rounded-md border border-line"
      >
        {parts.map(({ state, colour, rows }) => (
          <span
            key={state}
            className={`block min-w-1 ${colour}`}
            style={{ width: `${(100 * rows) / total}%` }}
          />
        ))}
      </div>
      <ul className="mt-3 grid gap-y-1">
        {parts.map(({ state, colour, rows }) => (
          <li key={state} className="flex items-baseline gap-2">
            <span aria-hidden="true" className={`size-3 shrink-0 rounded-sm ${colour}`} />
            <span className="mr-auto">{t(`dispatch.${state}`)}</span>
            <span className="font-semibold tabular-nums">{formatNumber(rows, language)}</span>
            <span className="w-14 text-right text-muted text-sm tabular-nums">
              {formatShare(rows / total, language)}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}
