import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function SelfReadingRefused(props: AccountMailProps) {
  return <AccountMail template="self-reading-refused" {...props} />;
}

SelfReadingRefused.PreviewProps = accountPreview(
  "self-reading-refused",
  "it",
) satisfies AccountMailProps;
