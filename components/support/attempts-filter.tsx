import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { SelectField } from "@/components/ui/field";
import { LocalLink } from "@/components/ui/local-link";
import { type Language, localizedPath } from "@/lib/i18n/languages";
import type { AttemptsChoice } from "@/lib/support/commands/read-attempts";
import { ATTEMPT_OUTCOMES } from "@/lib/support/rules";

interface AttemptsFilterProps {
  choice: AttemptsChoice;
  companies: { slug: string; name: string }[];
  language: Language;
}

/** Company and outcome stand in the page's address; whom they were searched by does not. */
export async function AttemptsFilter({ choice, companies, language }: AttemptsFilterProps) {
  const t = await getTranslations("staffAccess.attempts");
  const { company, outcome, like, by } = choice;
  return (
    <>
      <form
        method="get"
        action={localizedPath(language, "/staff/attempts")}
        className="flex flex-wrap items-end gap-x-4"
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
        <SelectField
          name="outcome"
          label={t("outcome")}
          defaultValue={outcome ?? ""}
          options={[
            { value: "", label: t("allOutcomes") },
            ...ATTEMPT_OUTCOMES.map((value) => ({ value, label: t(`outcomes.${value}`) })),
          ]}
        />
        {like && by ? (
          <>
            <input type="hidden" name="like" value={like} />
            <input type="hidden" name="by" value={by} />
          </>
        ) : null}
        <button type="submit" className={`${buttonClass("quiet")} mb-5`}>
          {t("filter")}
        </button>
      </form>
      {like && by ? (
        <p className="mb-6">
          {t(`like.${by}`)}{" "}
          <LocalLink
            href="/staff/attempts"
            className="inline-block py-2 text-accent underline underline-offset-2"
          >
            {t("all")}
          </LocalLink>
        </p>
      ) : null}
    </>
  );
}
