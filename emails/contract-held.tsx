import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function ContractHeld(props: AccountMailProps) {
  return <AccountMail template="contract-held" {...props} />;
}

ContractHeld.PreviewProps = accountPreview("contract-held", "it") satisfies AccountMailProps;
