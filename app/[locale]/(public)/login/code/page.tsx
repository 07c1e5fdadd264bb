import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { CodeForm } from "@/components/accounts/code-form";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentAwaiting, currentLanguage } from "@/lib/auth/current";
import { localizedPath } from "@/lib/i18n/languages";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("login"))("codeTitle") };
}

interface CodePageProps {
  searchParams: Promise<{ next?: string }>;
}

/** After the password, for whoever has a second factor; nobody else has anything to do here. */
export default async function CodePage({ searchParams }: CodePageProps) {
  const awaiting = await currentAwaiting();
  if (awaiting?.awaiting !== "code") {
    redirect(localizedPath(await currentLanguage(), "/login"));
  }
  const t = await getTranslations("login");
  const access = await getTranslations("access");
  const ofStaff = awaiting.ctx.actor.kind === "staff";
  return (
    <div className="max-w-md">
      <PageHeader title={t("codeTitle")}>{t("codeLead")}</PageHeader>
      <CodeForm next={(await searchParams).next} />
      <p className="mt-6">
        <LocalLink href={ofStaff ? "/staff/login" : "/login"} className="text-accent underline">
          {access("backToLogin")}
        </LocalLink>
      </p>
      <p className="mt-2 text-muted text-sm">
        {access("lostAtCode", { staff: ofStaff ? "yes" : "no" })}
      </p>
    </div>
  );
}
