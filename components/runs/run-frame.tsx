import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { Badge } from "@/components/ui/badge";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage } from "@/lib/auth/current";
import type { RunSheet } from "@/lib/runs/queries/run-sheet";
import { formatInstant } from "@/lib/time";
import { RUN_TONES, runPath } from "./run-words";

const PAGES = ["steps", "plan", "bills", "reconciliation", "withdrawals"] as const;
type RunPageName = (typeof PAGES)[number];

interface RunFrameProps {
  sheet: RunSheet;
  current: RunPageName;
  children: ReactNode;
}

/** What the pages of a run have in common: its name and state, and the way between them. */
export async function RunFrame({ sheet, current, children }: RunFrameProps) {
  const t = await getTranslations("staff.runs");
  const language = await currentLanguage();
  const { company, name, state } = sheet;
  return (
    <>
      <p className="mb-4" data-print="no">
        <LocalLink
          href={`/staff/runs?company=${company.slug}`}
          className="text-accent underline underline-offset-2"
        >
          {t("back")}
        </LocalLink>
      </p>
      <PageHeader title={t("runTitle", { name, company: company.name })}>
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Badge tone={RUN_TONES[state]}>{t(`state.${state}`)}</Badge>
          <span>{t("cutOff", { at: formatInstant(sheet.cutOffAt, language) })}</span>
        </p>
      </PageHeader>
      <nav aria-label={t("pagesOfRun")} className="mb-8 border-line border-b" data-print="no">
        <ul className="flex flex-wrap gap-x-6">
          {PAGES.map((page) => (
            <li key={page}>
              <LocalLink
                href={runPath(company.slug, name, page === "steps" ? "" : `/${page}`)}
                aria-current={page === current ? "page" : undefined}
                className="inline-block border-transparent border-b-4 py-2 text-ink no-underline hover:text-accent hover:underline aria-[current]:border-accent aria-[current]:font-semibold"
              >
                {t(`pages.${page}`)}
              </LocalLink>
            </li>
          ))}
        </ul>
      </nav>
      {children}
    </>
  );
}

/** The page of a run that is not there. As a page and not by notFound(), which is blank without JavaScript. */
export async function RunMissing({ company, run }: { company: string; run: string }) {
  const t = await getTranslations("staff.runs");
  return (
    <>
      <PageHeader title={t("missingTitle")}>{t("missingLead", { company, run })}</PageHeader>
      <LocalLink href="/staff/runs" className="text-accent underline underline-offset-2">
        {t("back")}
      </LocalLink>
    </>
  );
}
