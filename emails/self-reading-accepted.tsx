import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function SelfReadingAccepted(props: AccountMailProps) {
  return <AccountMail template="self-reading-accepted" {...props} />;
}

SelfReadingAccepted.PreviewProps = accountPreview(
  "self-reading-accepted",
  "it",
) satisfies AccountMailProps;
