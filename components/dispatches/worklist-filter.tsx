import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { SelectField } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import type { Worklist } from "@/lib/dispatches/queries/worklist";
import { WORKLIST_KINDS, type WorklistKind } from "@/lib/dispatches/rules";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";

interface WorklistFilterProps {
  choice: { company?: string; run?: string; kind?: WorklistKind };
  counts: Worklist["counts"];
  companies: { slug: string; name: string }[];
  language: Language;
}

const LINK =
  "inline-block py-2 text-accent underline underline-offset-2 aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:no-underline";

/** Company by a form, kind by links with their counts: both stand in the page's address. */
export async function WorklistFilter(props: WorklistFilterProps) {
  const { choice, counts, companies, language } = props;
  const t = await getTranslations("desk.undelivered");
  const { company, run } = choice;
  const addressOf = (kind?: WorklistKind) => {
    const query = new URLSearchParams({
      ...(company ? { company } : {}),
      ...(run ? { run } : {}),
      ...(kind ? { kind } : {}),
    }).toString();
    return query ? `/staff/undelivered?${query}` : "/staff/undelivered";
  };
  const all = WORKLIST_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  return (
    <>
      <form
        method="get"
        action={localizedPath(language, "/staff/undelivered")}
        className="mb-2 flex flex-wrap items-end gap-x-4"
      >
        <SelectField
          name="company"
          label={t("company")}
          defaultValue={company ?? ""}
          options={[
            { value: "", label: t("allCompanies") },
            ...companies.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
        />
        {choice.kind ? <input type="hidden" name="kind" value={choice.kind} /> : null}
        <button type="submit" className={`${buttonClass("quiet")} mb-5`}>
          {t("filter")}
        </button>
      </form>
      {run ? <p className="mb-3 text-muted">{t("ofRun", { run })}</p> : null}
      <nav aria-label={t("kinds")} className="mb-6 flex flex-wrap gap-x-6">
        <LocalLink
          href={addressOf()}
          aria-current={choice.kind ? undefined : "true"}
          className={LINK}
        >
          {t("all", { count: formatNumber(all, language) })}
        </LocalLink>
        {WORKLIST_KINDS.map((kind) => (
          <LocalLink
            key={kind}
            href={addressOf(kind)}
            aria-current={choice.kind === kind ? "true" : undefined}
            className={LINK}
          >
            {t("kindCount", {
              kind: t(`kind.${kind}`),
              count: formatNumber(counts[kind], language),
            })}
          </LocalLink>
        ))}
      </nav>
    </>
  );
}
