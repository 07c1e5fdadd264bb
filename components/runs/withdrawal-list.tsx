import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Facts } from "@/components/ui/facts";
import type { Language } from "@/lib/i18n/languages";
import { formatNumber } from "@/lib/money";
import type { RunWithdrawal } from "@/lib/runs/queries/run-withdrawals";
import { formatInstant } from "@/lib/time";
import { StepForm } from "./step-form";

interface WithdrawalListProps {
  withdrawals: RunWithdrawal[];
  company: string;
  run: string;
  mayOperate: boolean;
  language: Language;
}

/** Withdrawals with their reason and people; one that waits can be approved by another person. */
export async function WithdrawalList({ withdrawals, language, ...props }: WithdrawalListProps) {
  const t = await getTranslations("staff.runs");
  return (
    <ul className="grid gap-6">
      {withdrawals.map((withdrawal) => {
        const waits = withdrawal.carriedOutAt === null;
        const more = withdrawal.documents - withdrawal.billNumbers.length;
        return (
          <li key={withdrawal.id}>
            <Card>
              <p className="mb-3 flex flex-wrap items-center gap-3">
                <Badge tone={waits ? "warning" : "info"}>
                  {t(waits ? "withdrawalWaits" : "withdrawalDone")}
                </Badge>
                <span className="font-semibold">
                  {t("withdrawalOf", { documents: formatNumber(withdrawal.documents, language) })}
                </span>
              </p>
              <Facts
                items={[
                  { label: t("form.reason"), value: withdrawal.reason },
                  {
                    label: t("askedBy"),
                    value: `${withdrawal.askedBy}, ${formatInstant(withdrawal.askedAt, language)}`,
                  },
                  { label: t("approvedBy"), value: withdrawal.approvedBy },
                  {
                    label: t("carriedOutAt"),
                    value: withdrawal.carriedOutAt
                      ? formatInstant(withdrawal.carriedOutAt, language)
                      : null,
                  },
                  {
                    label: t("form.billNumbers"),
                    value: `${withdrawal.billNumbers.join(", ")}${more > 0 ? ` ${t("andMore", { count: more })}` : ""}`,
                  },
                ]}
              />
              {waits && withdrawal.mine ? <p className="mt-4">{t("approveOther")}</p> : null}
              {waits && !withdrawal.mine && props.mayOperate ? (
                <div className="mt-5">
                  <StepForm
                    step="approve"
                    company={props.company}
                    run={props.run}
                    withdrawalId={withdrawal.id}
                  />
                </div>
              ) : null}
            </Card>
          </li>
        );
      })}
    </ul>
  );
}
