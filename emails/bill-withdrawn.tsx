import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function BillWithdrawn(props: AccountMailProps) {
  return <AccountMail template="bill-withdrawn" {...props} />;
}

BillWithdrawn.PreviewProps = accountPreview("bill-withdrawn", "it") satisfies AccountMailProps;
