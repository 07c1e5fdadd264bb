import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ContractAdded(props: AccountMailProps) {
  return <AccountMail template="contract-added" {...props} />;
}

ContractAdded.PreviewProps = accountPreview("contract-added", "it") satisfies AccountMailProps;
