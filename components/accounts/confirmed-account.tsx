import { getTranslations } from "next-intl/server";
import { buttonClass } from "@/components/ui/button-class";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";

/** The e-mail to sign in with and how to keep the credentials (R4). */
export async function ConfirmedAccount({ email }: { email: string }) {
  const t = await getTranslations("confirm");
  return (
    <>
      <PageHeader title={t("done.title")}>{t("done.lead")}</PageHeader>
      <Card>
        <p className="text-muted text-sm">{t("done.email")}</p>
        <p className="font-semibold [overflow-wrap:anywhere]">{email}</p>
        <p className="mt-5">
          <LocalLink href="/login" className={buttonClass()}>
            {t("signIn")}
          </LocalLink>
        </p>
      </Card>
      <h2 className="mt-8 mb-2 font-semibold text-lg">{t("done.keepTitle")}</h2>
      <ul className="grid list-disc gap-2 pl-5">
        <li>{t("done.keep.manager")}</li>
        <li>{t("done.keep.nobody")}</li>
        <li>{t("done.keep.fixed")}</li>
      </ul>
    </>
  );
}
