import { BillMail, type BillMailProps } from "./parts/bill-mail";
import { billPreview } from "./preview-data";

/** R16: a bill of an invoicing run. */
export default function NewBill(props: BillMailProps) {
  return <BillMail {...props} />;
}

NewBill.PreviewProps = billPreview("it", { kind: "bill" }) satisfies BillMailProps;
