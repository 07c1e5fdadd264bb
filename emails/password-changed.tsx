import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function PasswordChanged(props: AccountMailProps) {
  return <AccountMail template="password-changed" {...props} />;
}

PasswordChanged.PreviewProps = accountPreview("password-changed", "it") satisfies AccountMailProps;
