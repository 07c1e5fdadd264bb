import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function MandateRequested(props: AccountMailProps) {
  return <AccountMail template="mandate-requested" {...props} />;
}

MandateRequested.PreviewProps = accountPreview(
  "mandate-requested",
  "it",
) satisfies AccountMailProps;
