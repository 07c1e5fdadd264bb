import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function MandateMissing(props: AccountMailProps) {
  return <AccountMail template="mandate-missing" {...props} />;
}

MandateMissing.PreviewProps = accountPreview("mandate-missing", "it") satisfies AccountMailProps;
