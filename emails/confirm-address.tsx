import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ConfirmAddress(props: AccountMailProps) {
  return <AccountMail template="confirm-address" {...props} />;
}

ConfirmAddress.PreviewProps = accountPreview("confirm-address", "it") satisfies AccountMailProps;
