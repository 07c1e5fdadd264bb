import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LoginForm } from "@/components/accounts/login-form";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { staffSignInAction } from "@/lib/accounts/actions/sign-in";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("login"))("staffTitle") };
}

interface StaffLoginPageProps {
  searchParams: Promise<{ reset?: string }>;
}

export default async function StaffLoginPage({ searchParams }: StaffLoginPageProps) {
  const access = await getTranslations("access");
  const t = await getTranslations("login");
  return (
    <div className="max-w-md">
      <PageHeader title={t("staffTitle")} />
      {(await searchParams).reset ? <Notice tone="success">{access("resetDone")}</Notice> : null}
      <LoginForm action={staffSignInAction} />
      <p className="mt-6">
        <LocalLink href="/staff/forgot-password" className="text-accent underline">
          {t("forgotten")}
        </LocalLink>
      </p>
    </div>
  );
}
