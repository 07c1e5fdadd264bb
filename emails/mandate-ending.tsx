import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function MandateEnding(props: AccountMailProps) {
  return <AccountMail template="mandate-ending" {...props} />;
}

MandateEnding.PreviewProps = accountPreview("mandate-ending", "it") satisfies AccountMailProps;
