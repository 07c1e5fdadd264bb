import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function NoMatch(props: AccountMailProps) {
  return <AccountMail template="no-match" {...props} />;
}

NoMatch.PreviewProps = accountPreview("no-match", "it") satisfies AccountMailProps;
