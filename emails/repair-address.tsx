import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function RepairAddress(props: AccountMailProps) {
  return <AccountMail template="repair-address" {...props} />;
}

RepairAddress.PreviewProps = accountPreview("repair-address", "it") satisfies AccountMailProps;
