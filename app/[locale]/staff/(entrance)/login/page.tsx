import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LoginForm } from "@/components/accounts/login-form";
import { PageHeader } from "@/components/ui/page-header";
import { staffSignInAction } from "@/lib/accounts/actions/sign-in";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("login"))("staffTitle") };
}

export default async function StaffLoginPage() {
  const t = await getTranslations("login");
  return (
    <div className="max-w-md">
      <PageHeader title={t("staffTitle")} />
      <LoginForm action={staffSignInAction} />
    </div>
  );
}
