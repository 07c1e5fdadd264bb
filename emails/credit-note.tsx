import { BillMail, type BillMailProps } from "./parts/bill-mail";
import { billPreview } from "./preview-data";

/** R16: money back to the customer. */
export default function CreditNote(props: BillMailProps) {
  return <BillMail {...props} />;
}

CreditNote.PreviewProps = billPreview("it", { kind: "credit_note" }) satisfies BillMailProps;
