import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function AccountExists(props: AccountMailProps) {
  return <AccountMail template="account-exists" {...props} />;
}

AccountExists.PreviewProps = accountPreview("account-exists", "it") satisfies AccountMailProps;
