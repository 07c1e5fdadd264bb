import { getTranslations } from "next-intl/server";
import type { Passport } from "@/lib/dispatches/queries/passport";
import { type TimelineStep, timelineOf } from "@/lib/dispatches/queries/timeline";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface PassportTimelineProps {
  passport: Passport;
  language: Language;
}

/** What happened to a document on its way, step by step: the same for the customer and for staff. */
export async function PassportTimeline({ passport, language }: PassportTimelineProps) {
  const t = await getTranslations("passport");
  const steps = timelineOf(passport);
  if (steps.length === 0) {
    return <p className="text-muted">{t("noSteps")}</p>;
  }
  return (
    <ol className="border-line border-l-2 pl-6">
      {steps.map((step) => (
        <li key={`${step.key} ${step.at.getTime()}`} className="relative pb-5 last:pb-0">
          <span
            aria-hidden="true"
            className={`absolute top-1.5 -left-[1.97rem] size-3.5 rounded-full border-2 border-panel ${step.tone === "problem" ? "bg-danger" : "bg-accent"}`}
          />
          <p className="font-semibold [overflow-wrap:anywhere]">
            {t(`step.${step.key}`, { email: step.email ?? "", run: step.run ?? "" })}
          </p>
          <p className="text-muted text-sm">
            <time dateTime={step.at.toISOString()}>{formatInstant(step.at, language)}</time>
          </p>
          <StepWords step={step} />
        </li>
      ))}
    </ol>
  );
}

/** Why, and the mailbox server's words made plain; its code beside them, for whoever asks there. */
async function StepWords({ step }: { step: TimelineStep }) {
  const t = await getTranslations("passport");
  const sentences = [
    ...(step.reason && t.has(`reason.${step.reason}`) ? [t(`reason.${step.reason}`)] : []),
    ...(t.has(`words.${step.key}`) ? [t(`words.${step.key}`)] : []),
    ...(step.code ? [codeWords(t, step.code)] : []),
  ];
  return sentences.length > 0 ? (
    <p className="mt-1 max-w-prose [overflow-wrap:anywhere]">{sentences.join(" ")}</p>
  ) : null;
}

/** RFC 3463: the second number says what is wrong; the commonest also by their third. */
function codeWords(
  t: Awaited<ReturnType<typeof getTranslations<"passport">>>,
  code: string,
): string {
  const enhanced = /^[45]\.(\d{1,3})\.(\d{1,3})$/.exec(code);
  const exact = enhanced ? `code.x${enhanced[1]}_${enhanced[2]}` : "";
  const about = enhanced ? `code.x${enhanced[1]}` : "";
  const words = [exact, about].find((key) => key && t.has(key as "code.x1"));
  return words ? `${t(words as "code.x1")} ${t("codeIs", { code })}` : t("codeIs", { code });
}
