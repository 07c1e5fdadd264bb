import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ContractsReleased(props: AccountMailProps) {
  return <AccountMail template="contracts-released" {...props} />;
}

ContractsReleased.PreviewProps = accountPreview(
  "contracts-released",
  "it",
) satisfies AccountMailProps;
