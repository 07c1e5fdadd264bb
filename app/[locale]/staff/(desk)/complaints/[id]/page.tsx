import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { AnswerForm } from "@/components/support/answer-form";
import { CaseClock } from "@/components/support/case-clock";
import { CaseFacts } from "@/components/support/case-facts";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { findCase } from "@/lib/support/queries/cases";
import { searchKind } from "@/lib/support/rules";
import { formatInstant } from "@/lib/time";

interface StaffCasePageProps {
  params: Promise<{ id: string }>;
}

const load = cache(async (id: string) => (await findCase(await requireStaff(), id)) ?? notFound());

export async function generateMetadata({ params }: StaffCasePageProps): Promise<Metadata> {
  return { title: (await load((await params).id)).caseCode };
}

/** A complaint or question, whose it is, and its answer or the form for it. */
export default async function StaffCasePage({ params }: StaffCasePageProps) {
  const found = await load((await params).id);
  const t = await getTranslations("cases.desk");
  const language = await currentLanguage();
  // A tax id or an e-mail that was typed in the code's place stands in no address.
  const code = found.contractNumber ?? found.customerCode;
  const searched = code && searchKind(code) === "code" ? code : null;
  const text = "whitespace-pre-wrap [overflow-wrap:anywhere]";
  return (
    <div className="max-w-3xl">
      <PageHeader title={found.caseCode}>
        {found.name}, {found.companyName}
      </PageHeader>
      <ul className="-mt-4 mb-6 flex flex-wrap gap-x-6">
        {[
          // Of a deleted account there is no page any more.
          ...(found.accountId && found.email?.includes("@")
            ? [[`/staff/accounts/${found.accountId}`, t("openAccount")] as const]
            : []),
          ...(searched
            ? [
                [
                  `/staff/search?${new URLSearchParams({ q: searched })}`,
                  t("search", { code: searched }),
                ] as const,
              ]
            : []),
        ].map(([href, label]) => (
          <li key={href}>
            <LocalLink
              href={href}
              className="inline-block py-2 text-accent underline underline-offset-2 [overflow-wrap:anywhere]"
            >
              {label}
            </LocalLink>
          </li>
        ))}
      </ul>
      <div className="grid gap-6">
        <Card>
          <CaseFacts
            found={found}
            language={language}
            more={[
              { label: t("language"), value: t(`languages.${found.language}`) },
              {
                label: t("clock"),
                value: <CaseClock found={found} language={language} now={new Date()} />,
              },
            ]}
          />
        </Card>
        <Card title={t("words")}>
          <p className={text}>{found.message}</p>
        </Card>
        <Card title={t("answerTitle")}>
          {found.answer && found.answeredAt ? (
            <>
              <p className={text}>{found.answer}</p>
              <p className="mt-4 text-muted text-sm">
                {t("answeredBy", {
                  who: found.answeredBy ?? "",
                  at: formatInstant(found.answeredAt, language),
                })}
              </p>
              {found.postalAddress || found.contractNumber ? (
                <div className="mt-4 border-line border-t pt-4">
                  <p className="mb-3">
                    {t(found.email?.includes("@") ? "printOther" : "printHint")}
                  </p>
                  <a
                    href={localizedPath(language, `/staff/complaints/${found.id}/letter`)}
                    className={buttonClass("quiet")}
                  >
                    {t("print")}
                  </a>
                </div>
              ) : null}
            </>
          ) : (
            <>
              {found.email && !found.email.includes("@") ? (
                <Notice tone="warning">{t("addressGone")}</Notice>
              ) : null}
              <AnswerForm found={found} />
            </>
          )}
        </Card>
      </div>
    </div>
  );
}
