import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function SecondFactorChanged(props: AccountMailProps) {
  return <AccountMail template="second-factor-changed" {...props} />;
}

SecondFactorChanged.PreviewProps = accountPreview(
  "second-factor-changed",
  "it",
) satisfies AccountMailProps;
