import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function CaseAnswered(props: AccountMailProps) {
  return <AccountMail template="case-answered" {...props} />;
}

CaseAnswered.PreviewProps = accountPreview("case-answered", "it") satisfies AccountMailProps;
