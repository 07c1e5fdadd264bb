import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function AddressSuspended(props: AccountMailProps) {
  return <AccountMail template="address-suspended" {...props} />;
}

AddressSuspended.PreviewProps = accountPreview(
  "address-suspended",
  "it",
) satisfies AccountMailProps;
