import { getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/ui/action-form";
import { Card } from "@/components/ui/card";
import { TextAreaField } from "@/components/ui/field";
import { SubmitButton } from "@/components/ui/submit-button";
import { orderDispatchAction } from "@/lib/dispatches/actions";
import type { DispatchOrder } from "@/lib/dispatches/queries/dispatch-orders";
import type { Passport } from "@/lib/dispatches/queries/passport";
import { isFallback } from "@/lib/dispatches/rules";
import type { Language } from "@/lib/i18n/languages";
import { formatInstant } from "@/lib/time";

interface DispatchOrdersProps {
  passport: Passport;
  orders: DispatchOrder[];
  language: Language;
}

const RESENT_FROM: readonly string[] = ["failed", "bounced", "complained", "suppressed"];
const PAPERED_FROM: readonly string[] = [
  ...RESENT_FROM,
  "queued",
  "batched",
  "accepted",
  "delayed",
];

/** What staff can do about a bill where it stands, and everything they did. */
export async function DispatchOrders({ passport, orders, language }: DispatchOrdersProps) {
  const t = await getTranslations("desk.bill");
  const { dispatch, document, printedAt } = passport;
  if (!dispatch) {
    return null;
  }
  const waits = orders.some(({ finishedAt }) => finishedAt === null);
  const open = !waits && !document.withdrawnAt;
  const fellBack = dispatch.state === "paper" && isFallback(dispatch.failure);
  const kinds = (["resend", "paper"] as const).filter((kind) =>
    kind === "resend"
      ? open && !printedAt && (fellBack || RESENT_FROM.includes(dispatch.state))
      : open && PAPERED_FROM.includes(dispatch.state),
  );
  return (
    <div className="mt-6 grid max-w-3xl gap-6">
      <Card title={t("actions")}>
        <div className="grid gap-6">
          {waits ? <p role="status">{t("waits")}</p> : null}
          {kinds.map((kind) => (
            <OrderForm key={kind} kind={kind} documentId={document.id} />
          ))}
          <OrderForm kind="note" documentId={document.id} />
        </div>
      </Card>
      <Card title={t("history")}>
        {orders.length === 0 ? <p className="text-muted">{t("noOrders")}</p> : null}
        <ul className="grid gap-4">
          {orders.map((order) => (
            <OrderItem key={order.id} order={order} language={language} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

async function OrderForm({
  kind,
  documentId,
}: {
  kind: DispatchOrder["kind"];
  documentId: string;
}) {
  const t = await getTranslations("desk.bill");
  return (
    <ActionForm
      action={orderDispatchAction}
      errorTitle={t("errorTitle")}
      labels={{ note: t("note") }}
      idPrefix={`${kind}-`}
    >
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name="documentId" value={documentId} />
      {kind === "note" ? (
        <TextAreaField name="note" label={t("note")} hint={t("noteHint")} rows={2} />
      ) : (
        <>
          <input type="hidden" name="note" value="" />
          <p className="mb-2">{t(`lead_${kind}`)}</p>
        </>
      )}
      <SubmitButton tone={kind === "resend" ? "primary" : "quiet"}>
        {t(`submit.${kind}`)}
      </SubmitButton>
    </ActionForm>
  );
}

async function OrderItem({ order, language }: { order: DispatchOrder; language: Language }) {
  const t = await getTranslations("desk.bill");
  const { kind, note, by, orderedAt, outcome } = order;
  return (
    <li className="[overflow-wrap:anywhere]">
      <p className="font-semibold">{t(`did.${kind}`, { who: by })}</p>
      <p className="text-muted text-sm">{formatInstant(orderedAt, language)}</p>
      {note ? <p className="mt-1">{note}</p> : null}
      {kind === "note" ? null : (
        <p className="mt-1">
          {outcome === null
            ? t("outcome.waits")
            : t.has(`outcome.${outcome}`)
              ? t(`outcome.${outcome}`)
              : t("outcome.other", { code: outcome })}
        </p>
      )}
    </li>
  );
}
