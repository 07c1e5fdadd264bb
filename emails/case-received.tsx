import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function CaseReceived(props: AccountMailProps) {
  return <AccountMail template="case-received" {...props} />;
}

CaseReceived.PreviewProps = accountPreview("case-received", "it") satisfies AccountMailProps;
