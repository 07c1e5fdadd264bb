import { NOTICE_VERSION } from "@/lib/delivery/rules";
import { type ActorName, type ByKind, forActor } from "./actors";
import type { Fields } from "./asking";
import type { World } from "./world";

/** What an action says to somebody: done, off to another page, a refusal in words, or off to sign in. */
export type ActionAnswer = "done" | "onward" | "words" | "login" | "staff login";

export interface ActionRow {
  /** A page that has the action, for everybody who posts. */
  at: (world: World) => string;
  /** The fields, with the owner's ids. */
  fields: (world: World) => Fields;
  answer: (actor: ActorName) => ActionAnswer;
  /** Takes no state of a form; it ends the session that it comes with. */
  stateless: boolean;
  /** Done so often and no more for a while: then it is refused in words. */
  limited: boolean;
  /** Every page has it: there is none to post it at that has not. */
  everywhere: boolean;
  /** What else the page may say that a form without JavaScript is posted at, to whom it does not show itself. */
  orByPage: string | null;
}

interface Given {
  at: string | ((world: World) => string);
  fields?: (world: World) => Fields;
  stateless?: boolean;
  limited?: boolean;
  everywhere?: boolean;
  orByPage?: string;
}

const action = (answers: ByKind<ActionAnswer>, given: Given): ActionRow => {
  const { at, fields = () => ({}), stateless = false, limited = false, orByPage = null } = given;
  const { everywhere = false } = given;
  return {
    at: typeof at === "string" ? () => at : at,
    fields,
    stateless,
    limited,
    everywhere,
    orByPage,
    answer: (actor) => forActor(answers, actor),
  };
};

const same = <T>(answer: T): ByKind<T> => ({
  stranger: answer,
  owner: answer,
  other: answer,
  support: answer,
  operator: answer,
  admin: answer,
});

/** The owner's, on what is theirs; another customer is refused in words. */
const owners = (given: Given, owner: ActionAnswer = "done", other: ActionAnswer = "words") =>
  action({ ...same<ActionAnswer>("login"), owner, other }, given);

const staff = (given: Given, answer: ActionAnswer, support: ActionAnswer = answer) =>
  action({ ...same<ActionAnswer>("staff login"), support, operator: answer, admin: answer }, given);

/** Anybody's, and refused for what is in it: a wrong link, a password that is missing. */
const visitors = (given: Given) => action(same<ActionAnswer>("words"), given);

/** Whoever is signed in, customer or staff: refused for what is in it. */
const persons = (given: Given) =>
  action(
    { ...same<ActionAnswer>("words"), stranger: "login" },
    // The page is the customers'.
    { ...given, orByPage: "login" },
  );

/** An admin's; other staff are refused in words. */
const admins = (given: Given, admin: ActionAnswer) =>
  action(
    { ...same<ActionAnswer>("staff login"), support: "words", operator: "words", admin },
    given,
  );

/** Nobody's here: it goes on from a password that was shown. */
const awaiting = (at: string) =>
  action(same<ActionAnswer>("login"), { at, fields: () => ({ code: "000000" }) });

/** Every server action of the build, by its exported name. */
export const ACTIONS: Record<string, ActionRow> = {
  chooseDeliveryAction: owners({
    at: "/delivery",
    fields: ({ contractId }) => ({ contractId, mode: "paper" }),
  }),
  chooseDeliveriesAction: owners(
    {
      at: "/delivery",
      fields: ({ contractId: contractIds, email }) => ({
        ...{ contractIds: [contractIds], mode: "electronic", email, acceptNotice: NOTICE_VERSION },
      }),
      // The owner's own address is suspended.
    },
    "words",
  ),
  repairAddressAction: owners({
    at: "/delivery",
    limited: true,
    fields: ({ email }) => ({ address: email }),
  }),
  changeLanguageAction: owners(
    { at: "/profile", fields: () => ({ language: "it" }) },
    ...(["done", "done"] as const),
  ),
  deleteAccountAction: owners(
    { at: "/profile", fields: () => ({ password: "not the password", confirm: "yes" }) },
    "words",
  ),
  requestMandateAction: owners({
    at: ({ bareCompany }) => `/direct-debit/${bareCompany}`,
    fields: ({ bareCompany: company, bareContractId }) => ({
      ...{ company, contracts: [bareContractId], debtor: "Prova Persona", consent: "yes" },
      iban: "IT60X0542811101000000123456",
    }),
  }),

  addContractAction: owners({
    // It is in the owner's account already: nothing is to be done.
    at: "/contracts",
    fields: ({ contractId }) => ({ contractId }),
  }),
  addContractByProofAction: owners(
    { at: "/contracts/add", fields: ({ company }) => ({ company, taxId: "none" }) },
    "words",
  ),
  removeContractAction: owners(
    {
      at: ({ spareContractId }) => `/contracts/${spareContractId}/remove`,
      fields: ({ spareContractId }) => ({ contractId: spareContractId }),
      limited: true,
      // For another customer there is none, and soon for nobody.
      orByPage: "status 404",
    },
    "onward",
  ),
  prepareDataExportAction: owners(
    { at: "/profile/data", fields: () => ({ password: "" }) },
    "words",
  ),
  // Outside the window, or of a meter that is read remotely: in words.
  submitSelfReadingAction: owners(
    {
      at: "/consumption/self-reading",
      fields: ({ contractId }) => ({ contractId, count: "1", readOn: "2020-01-01" }),
    },
    "words",
  ),
  setAlertAction: owners({
    at: "/consumption/statistics",
    fields: ({ contractId }) => ({ contractId, tell: "yes", thresholdPercent: "50" }),
  }),
  createTokenAction: owners(
    {
      at: "/profile/tokens",
      fields: () => ({ purpose: "consumption", name: "casa", password: "not the password" }),
    },
    "words",
  ),
  // Nobody's: another's looks the same.
  revokeTokenAction: owners(
    { at: "/profile/tokens", fields: () => ({ tokenId: "none" }) },
    "words",
  ),
  removeSecondFactorAction: owners(
    { at: "/profile/access", fields: () => ({ password: "" }) },
    "words",
  ),
  renewRecoveryCodesAction: persons({ at: "/profile/access", fields: () => ({ password: "" }) }),
  confirmSecondFactorAction: owners(
    {
      at: "/profile/access/second-factor",
      fields: () => ({ password: "", code: "000000" }),
    },
    "words",
  ),
  changePasswordAction: persons({
    at: "/profile/access",
    fields: () => ({ password: "", newPassword: "una frase mai usata prima" }),
  }),
  endSessionAction: action(
    { ...same<ActionAnswer>("words"), stranger: "login", owner: "done" },
    {
      at: "/profile/access",
      fields: ({ sessionId }) => ({ sessionId }),
      limited: true,
      orByPage: "login",
    },
  ),
  signInWithCodeAction: awaiting("/login/code"),
  enrolSecondFactorAction: awaiting("/staff/second-factor"),
  requestLinkAction: action(same<ActionAnswer>("done"), {
    at: "/forgot-password",
    fields: () => ({ kind: "reset_password", email: "nessuno@posta.example" }),
  }),
  resetPasswordAction: visitors({
    at: "/reset-password?token=none",
    fields: () => ({ token: "none", newPassword: "una frase mai usata prima" }),
  }),

  // A cookie of the browser that asks, whoever that is.
  chooseThemeAction: action(same<ActionAnswer>("done"), {
    at: "/",
    fields: () => ({ theme: "dark" }),
    everywhere: true,
  }),
  confirmAccountAction: visitors({ at: "/confirm?token=none", fields: () => ({ token: "none" }) }),
  confirmAddressAction: visitors({ at: "/confirm-address", fields: () => ({ token: "none" }) }),
  signInAction: visitors({ at: "/login", fields: ({ email }) => ({ email, password: "" }) }),
  staffSignInAction: visitors({
    at: "/staff/login",
    fields: ({ email }) => ({ email, password: "" }),
  }),
  signupAction: visitors({
    at: "/signup",
    fields: ({ company, email }) => ({ company, email, taxId: "none" }),
  }),
  // Anybody may write; refused for want of words, so that nothing is left behind.
  sendCaseAction: visitors({
    at: "/complaints",
    fields: ({ company }) => ({ kind: "complaint", company, message: "" }),
  }),
  sendOwnCaseAction: owners(
    {
      at: "/complaints",
      fields: ({ contractId }) => ({ kind: "complaint", contractId, message: "" }),
    },
    "words",
  ),
  answerCaseAction: staff(
    {
      at: ({ caseId }) => `/staff/complaints/${caseId}`,
      fields: ({ caseId }) => ({ caseId, answer: "" }),
    },
    "words",
  ),
  signOutAction: action(
    {
      ...same<ActionAnswer>("login"),
      ...{ support: "staff login", operator: "staff login", admin: "staff login" },
    },
    { at: "/profile", stateless: true },
  ),

  askForConfirmationAction: staff(
    {
      at: "/staff/attempts",
      fields: ({ attemptId }) => ({ attemptId }),
      limited: true,
    },
    "done",
  ),
  findAttemptsAction: staff(
    { at: "/staff/attempts", fields: ({ attemptEmail }) => ({ q: attemptEmail }) },
    "onward",
  ),
  endCustomerSessionsAction: staff(
    {
      at: ({ spareAccountId }) => `/staff/accounts/${spareAccountId}`,
      fields: ({ spareAccountId }) => ({ accountId: spareAccountId }),
    },
    "onward",
  ),
  startReleaseAction: staff(
    {
      at: ({ spareAccountId }) => `/staff/accounts/${spareAccountId}`,
      fields: ({ spareAccountId, spareAccountContractId }) => ({
        ...{ accountId: spareAccountId, contractId: spareAccountContractId },
        reason: "Prova della matrice",
      }),
      limited: true,
    },
    "onward",
  ),
  finishReleaseAction: staff(
    {
      at: ({ releaseId }) => `/staff/releases/${releaseId}`,
      fields: ({ releaseId }) => ({ releaseId, code: "" }),
    },
    "words",
  ),
  cancelReleaseAction: staff(
    {
      at: ({ releaseId }) => `/staff/releases/${releaseId}`,
      fields: ({ releaseId }) => ({ releaseId }),
      limited: true,
    },
    "onward",
  ),
  inviteStaffAction: admins(
    {
      at: "/staff/people",
      fields: ({ staffEmail }) => ({
        email: `nuova-${staffEmail}`,
        name: "Prova Collega",
        role: "support",
      }),
      limited: true,
    },
    "onward",
  ),
  changeRoleAction: admins(
    { at: "/staff/people", fields: ({ staffId }) => ({ staffId, role: "support" }) },
    "onward",
  ),
  sendStaffLinkAction: admins(
    { at: "/staff/people", fields: ({ staffId }) => ({ staffId }), limited: true },
    "onward",
  ),
  forgetSecondFactorAction: admins(
    { at: "/staff/people", fields: ({ staffId }) => ({ staffId }) },
    // There is none to be forgotten.
    "words",
  ),
  disableStaffAction: admins(
    { at: "/staff/people", fields: ({ staffId }) => ({ staffId }), limited: true },
    "onward",
  ),
  enableStaffAction: admins(
    { at: "/staff/people", fields: ({ staffId }) => ({ staffId }), limited: true },
    "onward",
  ),

  // It has ended: all that may decide of imports are told so.
  applyImportAction: staff(
    {
      at: (world) => `/staff/imports/${world.importId}`,
      fields: (world) => ({ importId: world.importId }),
    },
    "words",
  ),
  cancelImportAction: staff(
    {
      at: (world) => `/staff/imports/${world.importId}`,
      fields: (world) => ({ importId: world.importId }),
    },
    "words",
  ),
  decideSelfReadingAction: staff(
    {
      at: ({ receiptCode }) => `/staff/self-readings/${receiptCode}`,
      fields: ({ receiptCode }) => ({ receiptCode, decision: "accepted" }),
    },
    ...(["onward", "words"] as const),
  ),
  exportMailRoomAction: staff(
    { at: "/staff/mail-room", fields: ({ company }) => ({ company }) },
    "words",
  ),
  orderDispatchAction: staff(
    {
      at: ({ billId }) => `/staff/bills/${billId}`,
      fields: ({ billId }) => ({ kind: "note", documentId: billId, note: "Prova della matrice" }),
    },
    "onward",
  ),
  orderStepAction: staff(
    {
      at: ({ company, run }) => `/staff/runs/${company}/${run}`,
      fields: ({ company, run }) => ({ company, run, step: "approve", checked: "yes" }),
    },
    ...(["onward", "words"] as const),
  ),
  searchCustomersAction: staff({ at: "/staff/search", fields: () => ({ q: "MATRICE" }) }, "onward"),
  sendTestMailAction: staff(
    {
      at: "/staff/emails?template=new-bill",
      limited: true,
      fields: () => ({ template: "new-bill" }),
    },
    "done",
  ),
};
