import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function DataReady(props: AccountMailProps) {
  return <AccountMail template="data-ready" {...props} />;
}

DataReady.PreviewProps = accountPreview("data-ready", "it") satisfies AccountMailProps;
