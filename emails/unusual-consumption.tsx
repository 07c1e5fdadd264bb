import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function UnusualConsumption(props: AccountMailProps) {
  return <AccountMail template="unusual-consumption" {...props} />;
}

UnusualConsumption.PreviewProps = accountPreview(
  "unusual-consumption",
  "it",
) satisfies AccountMailProps;
