import { createElement, type ReactElement } from "react";
import { render } from "react-email";
import AccountDeleted from "@/emails/account-deleted";
import AccountExists from "@/emails/account-exists";
import AddressSuspended from "@/emails/address-suspended";
import BillWithdrawn from "@/emails/bill-withdrawn";
import CaseAnswered from "@/emails/case-answered";
import CaseReceived from "@/emails/case-received";
import ClosingBill from "@/emails/closing-bill";
import ConfirmAccount from "@/emails/confirm-account";
import ConfirmAddress from "@/emails/confirm-address";
import ContractAdded from "@/emails/contract-added";
import ContractHeld from "@/emails/contract-held";
import ContractNotAdded from "@/emails/contract-not-added";
import ContractTaken from "@/emails/contract-taken";
import ContractsReleased from "@/emails/contracts-released";
import CreditNote from "@/emails/credit-note";
import DataReady from "@/emails/data-ready";
import DeliveryChanged from "@/emails/delivery-changed";
import MandateEnding from "@/emails/mandate-ending";
import MandateMissing from "@/emails/mandate-missing";
import MandateRequested from "@/emails/mandate-requested";
import NewBill from "@/emails/new-bill";
import NoMatch from "@/emails/no-match";
import Notice from "@/emails/notice";
import { type AccountMailProps, accountMailContent } from "@/emails/parts/account-mail";
import { type BillMailProps, type BillMailShape, billMailContent } from "@/emails/parts/bill-mail";
import { type MailContent, plainText } from "@/emails/parts/content";
import PasswordChanged from "@/emails/password-changed";
import ReleaseStarted from "@/emails/release-started";
import RepairAddress from "@/emails/repair-address";
import ResetPassword from "@/emails/reset-password";
import SecondFactorChanged from "@/emails/second-factor-changed";
import SelfReadingAccepted from "@/emails/self-reading-accepted";
import SelfReadingRefused from "@/emails/self-reading-refused";
import StaffPassword from "@/emails/staff-password";
import TokenChanged from "@/emails/token-changed";
import UnusualConsumption from "@/emails/unusual-consumption";
import type { AccountMailTemplate } from "./account-mails";

const ACCOUNT_TEMPLATES: Record<AccountMailTemplate, (props: AccountMailProps) => ReactElement> = {
  "confirm-account": ConfirmAccount,
  "no-match": NoMatch,
  "mandate-missing": MandateMissing,
  "mandate-requested": MandateRequested,
  "mandate-ending": MandateEnding,
  "case-received": CaseReceived,
  "case-answered": CaseAnswered,
  "self-reading-accepted": SelfReadingAccepted,
  "self-reading-refused": SelfReadingRefused,
  "unusual-consumption": UnusualConsumption,
  "account-exists": AccountExists,
  "contract-taken": ContractTaken,
  "account-deleted": AccountDeleted,
  "delivery-changed": DeliveryChanged,
  "confirm-address": ConfirmAddress,
  "bill-withdrawn": BillWithdrawn,
  "repair-address": RepairAddress,
  "address-suspended": AddressSuspended,
  "data-ready": DataReady,
  "contracts-released": ContractsReleased,
  "release-started": ReleaseStarted,
  "contract-held": ContractHeld,
  "contract-not-added": ContractNotAdded,
  "contract-added": ContractAdded,
  "second-factor-changed": SecondFactorChanged,
  "token-changed": TokenChanged,
  "password-changed": PasswordChanged,
  "staff-password": StaffPassword,
  "reset-password": ResetPassword,
};

const BILL_TEMPLATES: Record<BillMailShape["kind"], (props: BillMailProps) => ReactElement> = {
  bill: NewBill,
  closing_bill: ClosingBill,
  credit_note: CreditNote,
  notice: Notice,
};

/** A mail ready to be sent. */
export interface RenderedMail {
  subject: string;
  preheader: string;
  html: string;
  text: string;
}

/** A header is one line, whatever a name contains. */
export const oneLine = (text: string) => text.replace(/[\r\n\t]+/g, " ").trim();

async function rendered(content: MailContent, element: ReactElement): Promise<RenderedMail> {
  return {
    subject: oneLine(content.subject),
    preheader: content.preheader,
    html: await render(element),
    text: plainText(content),
  };
}

/** The mail of a bill, rendered for one recipient. Many are filled instead: lib/mail/bill-mail.ts. */
export function renderBillMail(props: BillMailProps): Promise<RenderedMail> {
  return rendered(billMailContent(props), createElement(BILL_TEMPLATES[props.shape.kind], props));
}

/** A mail about an account. */
export function renderAccountMail(
  template: AccountMailTemplate,
  props: AccountMailProps,
): Promise<RenderedMail> {
  return rendered(
    accountMailContent(template, props),
    createElement(ACCOUNT_TEMPLATES[template], props),
  );
}
