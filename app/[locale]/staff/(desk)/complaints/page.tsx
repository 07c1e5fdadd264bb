import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CasesTable } from "@/components/support/cases-table";
import { EmptyState } from "@/components/ui/empty-state";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { listCases } from "@/lib/support/queries/cases";
import { ANSWER_DAYS } from "@/lib/support/rules";
import { casesSchema } from "@/lib/support/schema";

interface CasesPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("cases.desk"))("title") };
}

const VIEWS = [
  { kind: "complaint", state: "open" },
  { kind: "question", state: "open" },
  { kind: "complaint", state: "answered" },
  { kind: "question", state: "answered" },
] as const;

/** What customers complain of and ask, the longest waiting first: a complaint has 30 days. */
export default async function CasesPage({ searchParams }: CasesPageProps) {
  const ctx = await requireStaff();
  const { kind, state, after } = casesSchema.parse(await searchParams);
  const { cases, next } = await listCases(ctx, { kind, answered: state === "answered", after });
  const t = await getTranslations("cases.desk");
  const link = (to: Record<string, string>) => `/staff/complaints?${new URLSearchParams(to)}`;
  return (
    <>
      <PageHeader title={t("title")}>{t("lead", { days: ANSWER_DAYS })}</PageHeader>
      <nav aria-label={t("views")} className="mb-6">
        <ul className="flex flex-wrap gap-x-5">
          {VIEWS.map((view) => (
            <li key={`${view.kind} ${view.state}`}>
              <LocalLink
                href={link(view)}
                aria-current={view.kind === kind && view.state === state ? "page" : undefined}
                className="inline-block py-2 text-accent underline underline-offset-2 aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:no-underline"
              >
                {t(`view.${view.kind}.${view.state}`)}
              </LocalLink>
            </li>
          ))}
        </ul>
      </nav>
      {cases.length === 0 ? (
        <EmptyState>{t("none")}</EmptyState>
      ) : (
        <CasesTable
          caption={t(`view.${kind}.${state}`)}
          cases={cases}
          language={await currentLanguage()}
          now={new Date()}
        />
      )}
      {next ? (
        <p className="mt-6">
          <LocalLink
            href={link({ kind, state, after: next })}
            className="inline-block py-2 text-accent underline underline-offset-2"
          >
            {t("next")}
          </LocalLink>
        </p>
      ) : null}
    </>
  );
}
