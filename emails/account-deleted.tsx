import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function AccountDeleted(props: AccountMailProps) {
  return <AccountMail template="account-deleted" {...props} />;
}

AccountDeleted.PreviewProps = accountPreview("account-deleted", "it") satisfies AccountMailProps;
