import { BillMail, type BillMailProps } from "./parts/bill-mail";
import { billPreview } from "./preview-data";

/** R16: the last bill of a contract. */
export default function ClosingBill(props: BillMailProps) {
  return <BillMail {...props} />;
}

ClosingBill.PreviewProps = billPreview("it", { kind: "closing_bill" }) satisfies BillMailProps;
