import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SendingBanner } from "@/components/dispatches/sending-banner";
import { ErrorTable } from "@/components/operations/error-table";
import { FailureTable } from "@/components/operations/failure-table";
import { OpenRunTable } from "@/components/operations/open-run-table";
import { StateCards } from "@/components/operations/state-cards";
import { TroubleList } from "@/components/operations/trouble-list";
import { Notice } from "@/components/ui/notice";
import { PageHeader } from "@/components/ui/page-header";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { sendingState } from "@/lib/mail/queries/sending-state";
import { errorLines } from "@/lib/operations/queries/error-lines";
import { listOpenRuns } from "@/lib/operations/queries/open-runs";
import { operationsState } from "@/lib/operations/queries/operations-state";
import { listRecentFailures } from "@/lib/operations/queries/recent-failures";
import { storageState } from "@/lib/operations/queries/storage-state";
import { versions } from "@/lib/operations/queries/versions";
import { mayWatch, troublesOf } from "@/lib/operations/rules";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("operations"))("title") };
}

/** How the whole is doing, and what to do about what is wrong: for admins; others are told that it is not theirs. */
export default async function OperationsPage() {
  const ctx = await requireStaff();
  const t = await getTranslations("operations");
  if (!mayWatch(ctx.actor)) {
    return (
      <>
        <PageHeader title={t("title")} />
        <Notice tone="warning">{t("forbidden")}</Notice>
      </>
    );
  }
  const language = await currentLanguage();
  const state = await operationsState(ctx);
  const sending = await sendingState(ctx);
  const runs = await listOpenRuns(ctx);
  const failures = await listRecentFailures(ctx);
  const storage = await storageState();
  const running = versions();
  const troubles = troublesOf({ state, storage, runs, migrations: running.migrations });
  const told =
    sending.pauses.length + sending.batchesSetAside > 0 || sending.eventsMissingSince !== null;
  return (
    <>
      <PageHeader title={t("title")}>{t("lead")}</PageHeader>
      <SendingBanner state={sending} language={language} />
      <TroubleList troubles={troubles} silent={told} />
      <OpenRunTable runs={runs} language={language} />
      <StateCards state={state} storage={storage} versions={running} language={language} />
      <FailureTable failures={failures} language={language} />
      <ErrorTable lines={errorLines(ctx.actor)} language={language} />
    </>
  );
}
