import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function DeliveryChanged(props: AccountMailProps) {
  return <AccountMail template="delivery-changed" {...props} />;
}

DeliveryChanged.PreviewProps = accountPreview("delivery-changed", "it") satisfies AccountMailProps;
