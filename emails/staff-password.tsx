import { AccountMail, type AccountMailProps } from "./parts/account-mail";
import { accountPreview } from "./preview-data";

export default function StaffPassword(props: AccountMailProps) {
  return <AccountMail template="staff-password" {...props} />;
}

StaffPassword.PreviewProps = accountPreview("staff-password", "it") satisfies AccountMailProps;
