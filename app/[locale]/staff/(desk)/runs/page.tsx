import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CompanyCalendar } from "@/components/runs/company-calendar";
import { RunList } from "@/components/runs/run-list";
import { buttonClass } from "@/components/ui/button-class";
import { SelectField } from "@/components/ui/field";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCompanies } from "@/lib/companies/queries";
import { localizedPath } from "@/lib/i18n/languages";
import { listRunBoard } from "@/lib/runs/queries/run-board";
import { RUN_STATES, type RunState } from "@/lib/runs/rules";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff.runs"))("title") };
}

interface RunsPageProps {
  searchParams: Promise<{ company?: string | string[]; state?: string | string[] }>;
}

/** The companies' calendars, their next cut-offs and their runs. */
export default async function RunsPage({ searchParams }: RunsPageProps) {
  const ctx = await requireStaff();
  const asked = await searchParams;
  const companies = await listCompanies(ctx.db);
  const company = companies.find(({ slug }) => slug === asked.company)?.slug;
  const state = RUN_STATES.find((one): one is RunState => one === asked.state);
  const board = await listRunBoard(ctx, { company, state });
  const language = await currentLanguage();
  const t = await getTranslations("staff.runs");
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <form
        method="get"
        action={localizedPath(language, "/staff/runs")}
        className="mb-8 grid items-end gap-x-6 @lg:grid-cols-[1fr_1fr_auto]"
      >
        <SelectField
          name="company"
          label={t("column.company")}
          defaultValue={company ?? ""}
          options={[
            { value: "", label: t("allCompanies") },
            ...companies.map(({ slug, name }) => ({ value: slug, label: name })),
          ]}
        />
        <SelectField
          name="state"
          label={t("column.state")}
          defaultValue={state ?? ""}
          options={[
            { value: "", label: t("allStates") },
            ...RUN_STATES.map((value) => ({ value, label: t(`state.${value}`) })),
          ]}
        />
        <button type="submit" className={`mb-5 ${buttonClass("quiet")}`}>
          {t("filter")}
        </button>
      </form>
      <section aria-labelledby="runs" className="mb-12">
        <h2 id="runs" className="mb-4 font-semibold text-xl">
          {state ? t(`state.${state}`) : t("runsTitle")}
        </h2>
        {board.runs.length > 0 ? (
          <RunList caption={t("runsTitle")} runs={board.runs} language={language} />
        ) : (
          <p className="text-muted">{t("noRuns")}</p>
        )}
      </section>
      <section aria-labelledby="calendars">
        <h2 id="calendars" className="mb-4 font-semibold text-xl">
          {t("calendarsTitle")}
        </h2>
        <div className="grid items-start gap-6 @2xl:grid-cols-2">
          {board.companies.map((one) => (
            <CompanyCalendar
              key={one.id}
              company={one}
              ahead={board.ahead.filter(({ companyId }) => companyId === one.id)}
              language={language}
            />
          ))}
        </div>
      </section>
    </>
  );
}
