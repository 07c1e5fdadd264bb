import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ReleaseStarted(props: AccountMailProps) {
  return <AccountMail template="release-started" {...props} />;
}

ReleaseStarted.PreviewProps = accountPreview("release-started", "it") satisfies AccountMailProps;
