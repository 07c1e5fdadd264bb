import { getTranslations } from "next-intl/server";
import { Badge } from "@/components/ui/badge";
import type { BillListItem } from "@/lib/documents/queries/bill-list";
import { paymentWord } from "@/lib/documents/rules";

/** A payment's colour; the word says the same. */
export const PAYMENT_TONES = {
  open: "info",
  paid: "success",
  overdue: "warning",
  refunded: "info",
  in_your_favour: "success",
  nothing: "success",
} as const;

type Payment = Pick<BillListItem, "totalCents" | "paymentStatus">;

/** Where the payment of a document stands, in a word. */
export async function PaymentBadge({ bill }: { bill: Payment }) {
  const t = await getTranslations("bills");
  const word = paymentWord(bill);
  return <Badge tone={PAYMENT_TONES[word]}>{t(`payment.${word}`)}</Badge>;
}
