import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { FaultTable } from "@/components/imports/fault-table";
import { ImportDecisions } from "@/components/imports/import-decisions";
import { ImportFacts } from "@/components/imports/import-facts";
import { LiveRefresh } from "@/components/ui/live-refresh";
import { LocalLink } from "@/components/ui/local-link";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { getImport, listFaults } from "@/lib/imports/queries";
import { IMPORT_DEEDS, isEnded, mayImport } from "@/lib/imports/rules";
import { importIdSchema } from "@/lib/imports/schema";
import { whenFound } from "@/lib/imports/when-found";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("imports"))("oneTitle") };
}

interface ImportPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ did?: string | string[] }>;
}

/** Faults that the page shows; the file has all. */
const SHOWN = 50;

/** One import: how far it is, what came of it, what was wrong, and what can be decided. */
export default async function ImportPage({ params, searchParams }: ImportPageProps) {
  const ctx = await requireStaff();
  const t = await getTranslations("imports");
  if (!mayImport(ctx.actor)) {
    return (
      <>
        <PageHeader title={t("oneTitle")} />
        <Notice tone="warning">{t("forbidden")}</Notice>
      </>
    );
  }
  const id = importIdSchema.safeParse((await params).id);
  const found = id.success ? await whenFound(getImport(ctx, id.data)) : null;
  if (!found) {
    notFound();
  }
  const faults =
    found.faults > 0 ? await listFaults(ctx, { importId: found.id, limit: SHOWN }) : [];
  const language = await currentLanguage();
  const asked = (await searchParams).did;
  const did = IMPORT_DEEDS.find((one) => one === asked);
  return (
    <>
      <PageHeader title={found.fileName}>
        {t("oneLead", { kind: t(`kind.${found.kind}`), company: found.companyName })}
      </PageHeader>
      {isEnded(found.state) || found.state === "checked" ? null : <LiveRefresh />}
      {did ? (
        <Notice tone="success" announced>
          {t(`did.${did}`)}
        </Notice>
      ) : null}
      <ImportFacts found={found} language={language} />
      <ImportDecisions found={found} />
      {faults.length > 0 ? (
        <section aria-labelledby="faults" className="mt-10">
          <h2 id="faults" className="mb-2 font-semibold text-xl">
            {t("faultsTitle", { count: found.faults })}
          </h2>
          <p className="mb-4">
            <a
              href={`/staff/imports/${found.id}/errors.csv`}
              download
              className="text-accent underline"
            >
              {t("faultsFile")}
            </a>
          </p>
          <FaultTable faults={faults} />
        </section>
      ) : null}
      <p className="mt-8">
        <LocalLink href="/staff/imports" className="text-accent underline">
          {t("toList")}
        </LocalLink>
      </p>
    </>
  );
}
