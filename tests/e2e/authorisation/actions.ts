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
}

interface Given {
  at: string | ((world: World) => string);
  fields?: (world: World) => Fields;
  stateless?: boolean;
  limited?: boolean;
}

const action = (answers: ByKind<ActionAnswer>, given: Given): ActionRow => {
  const { at, fields = () => ({}), stateless = false, limited = false } = given;
  return {
    at: typeof at === "string" ? () => at : at,
    fields,
    stateless,
    limited,
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
  signOutAction: action(
    {
      ...same<ActionAnswer>("login"),
      ...{ support: "staff login", operator: "staff login", admin: "staff login" },
    },
    { at: "/profile", stateless: true },
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
