import { BillMail, type BillMailProps } from "./parts/bill-mail";
import { billPreview } from "./preview-data";

/** R16: any other document. */
export default function Notice(props: BillMailProps) {
  return <BillMail {...props} />;
}

Notice.PreviewProps = billPreview("it", { kind: "notice" }) satisfies BillMailProps;
