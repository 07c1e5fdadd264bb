import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ContractNotAdded(props: AccountMailProps) {
  return <AccountMail template="contract-not-added" {...props} />;
}

ContractNotAdded.PreviewProps = accountPreview(
  "contract-not-added",
  "it",
) satisfies AccountMailProps;
