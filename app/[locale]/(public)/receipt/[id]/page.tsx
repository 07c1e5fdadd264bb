import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CompanyColours } from "@/components/shell/company-colours";
import { CaseFacts } from "@/components/support/case-facts";
import { CaseState } from "@/components/support/case-state";
import { readableCase } from "@/components/support/readable-case";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";
import { answerDueOn } from "@/lib/support/rules";
import { PAGE_OF_KIND } from "@/lib/support/schema";
import { formatDate } from "@/lib/time";

interface ReceiptPageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: ReceiptPageProps): Promise<Metadata> {
  const { found } = await readableCase((await params).id);
  const t = await getTranslations("cases");
  return { title: t(`${found.kind}.${found.answer ? "answeredTitle" : "receiptTitle"}`) };
}

/** What was sent, as it was sent, with day, hour and code; later its answer. */
export default async function ReceiptPage({ params }: ReceiptPageProps) {
  const { found, held } = await readableCase((await params).id);
  const t = await getTranslations("cases");
  const language = await currentLanguage();
  const { kind, answer } = found;
  return (
    <CompanyColours accentColor={found.accentColor}>
      <div className="max-w-3xl">
        <PageHeader title={t(`${kind}.${answer ? "answeredTitle" : "receiptTitle"}`)}>
          {answer
            ? null
            : t(`${kind}.receiptLead`, {
                due: formatDate(answerDueOn(found.receivedAt), language),
              })}
        </PageHeader>
        <div className="grid gap-6">
          <Card>
            <CaseFacts
              found={found}
              language={language}
              more={[
                {
                  label: t("state"),
                  value: <CaseState found={found} language={language} />,
                },
              ]}
            />
          </Card>
          {answer ? (
            <Card title={t("answer")}>
              <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{answer}</p>
            </Card>
          ) : null}
          <Card title={t("words")}>
            <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{found.message}</p>
          </Card>
        </div>
        <div className="mt-6" data-print="no">
          <a
            href={localizedPath(language, `/receipt/${found.id}/copy`)}
            className={buttonClass("quiet")}
          >
            {t("copy")}
          </a>
          {answer ? null : (
            <p className="mt-4 text-muted">
              {found.email?.includes("@") ? `${t("copyMailed")} ` : ""}
              {held ? t("hour") : ""}
            </p>
          )}
          <p className="mt-4">
            <LocalLink
              href={PAGE_OF_KIND[kind]}
              className="inline-block py-1 text-accent underline underline-offset-2"
            >
              {t(`${kind}.another`)}
            </LocalLink>
          </p>
        </div>
      </div>
    </CompanyColours>
  );
}
