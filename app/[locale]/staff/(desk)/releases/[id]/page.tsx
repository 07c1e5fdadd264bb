import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { CancelRelease, ReleaseFacts, ReleaseSteps } from "@/components/support/release-steps";
import { RELEASE_TONES } from "@/components/support/release-tones";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { LocalLink } from "@/components/ui/local-link";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { findRelease } from "@/lib/support/queries/releases";
import { releaseSchema } from "@/lib/support/schema";

interface ReleasePageProps {
  params: Promise<{ id: string }>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffAccess.release"))("title") };
}

/** A release and its steps: the letter, and the code that another person types (R6). */
export default async function ReleasePage({ params }: ReleasePageProps) {
  const ctx = await requireStaff();
  const asked = releaseSchema.safeParse({ releaseId: (await params).id });
  const release = asked.success ? await findRelease(ctx, asked.data.releaseId) : null;
  if (!release) {
    notFound();
  }
  const t = await getTranslations("staffAccess.release");
  const tList = await getTranslations("staffAccess.releases");
  const language = await currentLanguage();
  const { state } = release;
  return (
    <>
      <PageHeader title={t("title")}>
        {release.holderName}, {release.companyName}
      </PageHeader>
      <ul className="-mt-4 mb-6 flex flex-wrap gap-x-6">
        {[
          ["/staff/releases", t("all")] as const,
          [`/staff/accounts/${release.accountId}`, t("toAccount")] as const,
        ].map(([href, label]) => (
          <li key={href}>
            <LocalLink
              href={href}
              className="inline-block py-2 text-accent underline underline-offset-2"
            >
              {label}
            </LocalLink>
          </li>
        ))}
      </ul>
      <Card>
        <p className="mb-4">
          <Badge tone={RELEASE_TONES[state]}>{tList(`states.${state}`)}</Badge>
        </p>
        <ReleaseFacts release={release} language={language} />
      </Card>
      {state === "open" ? (
        <ReleaseSteps release={release} language={language} ownedBy={ctx.actor.staffId} />
      ) : null}
      {release.finishedAt ? null : <CancelRelease releaseId={release.id} />}
    </>
  );
}
