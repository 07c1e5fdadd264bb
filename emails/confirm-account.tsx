import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ConfirmAccount(props: AccountMailProps) {
  return <AccountMail template="confirm-account" {...props} />;
}

ConfirmAccount.PreviewProps = accountPreview("confirm-account", "it") satisfies AccountMailProps;
