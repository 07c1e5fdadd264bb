import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function TokenChanged(props: AccountMailProps) {
  return <AccountMail template="token-changed" {...props} />;
}

TokenChanged.PreviewProps = accountPreview("token-changed", "it") satisfies AccountMailProps;
