import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ResetPassword(props: AccountMailProps) {
  return <AccountMail template="reset-password" {...props} />;
}

ResetPassword.PreviewProps = accountPreview("reset-password", "it") satisfies AccountMailProps;
