import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LinkForm } from "@/components/accounts/link-form";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("signup"))("sent.title") };
}

/** The same for everyone, whatever their data (R3). */
export default async function SignupSentPage() {
  const t = await getTranslations("signup");
  const access = await getTranslations("access");
  return (
    <div className="max-w-xl">
      <PageHeader title={t("sent.title")}>{t("sent.lead")}</PageHeader>
      <Card title={t("sent.nextTitle")}>
        <ol className="grid list-decimal gap-2 pl-5 marker:font-semibold marker:text-accent">
          <li>{t("sent.open")}</li>
          <li>{t("sent.press")}</li>
          <li>{t("sent.signIn")}</li>
        </ol>
      </Card>
      <h2 className="mt-8 mb-2 font-semibold text-lg">{access("resendTitle")}</h2>
      <p className="mb-4">{access("resendLead")}</p>
      <LinkForm kind="confirm_account" submit={access("resend")} />
      <p className="mt-4">
        {t.rich("sent.nothing", {
          link: (text) => (
            <LocalLink href="/signup" className="text-accent underline">
              {text}
            </LocalLink>
          ),
        })}
      </p>
      <p className="mt-4 text-muted text-sm">{t("sent.why")}</p>
    </div>
  );
}
