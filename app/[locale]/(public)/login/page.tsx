import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LoginForm } from "@/components/accounts/login-form";
import { publicMetadata } from "@/components/shell/public-metadata";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { signInAction } from "@/lib/accounts/actions/sign-in";

export async function generateMetadata(): Promise<Metadata> {
  const title = (await getTranslations("login"))("title");
  return await publicMetadata("/login", { title, description: { name: "login" } });
}

interface LoginPageProps {
  searchParams: Promise<{ next?: string; reset?: string }>;
}

export default async function LoginPage({ searchParams }: LoginPageProps) {
  const t = await getTranslations("login");
  const access = await getTranslations("access");
  const { next, reset } = await searchParams;
  return (
    <div className="max-w-md">
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      {reset ? <Notice tone="success">{access("resetDone")}</Notice> : null}
      <LoginForm action={signInAction} next={next} />
      <p className="mt-6">
        <LocalLink href="/forgot-password" className="text-accent underline">
          {t("forgotten")}
        </LocalLink>
      </p>
      <p className="mt-2">
        {t.rich("noAccount", {
          link: (text) => (
            <LocalLink href="/signup" className="text-accent underline">
              {text}
            </LocalLink>
          ),
        })}
      </p>
    </div>
  );
}
