import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ContractTaken(props: AccountMailProps) {
  return <AccountMail template="contract-taken" {...props} />;
}

ContractTaken.PreviewProps = accountPreview("contract-taken", "it") satisfies AccountMailProps;
