import { v7 as uuidv7 } from "uuid";
import {
  accounts,
  contractLinks,
  deliveryAddresses,
  deliveryChoices,
  secondFactors,
  staff,
} from "@/db/schema";
import type { StaffRole, SystemActor } from "@/lib/auth/actor";
import type { TxContext } from "@/lib/auth/context";
import { hashPassword } from "@/lib/auth/password";
import { seal } from "@/lib/auth/sealed";
import { NOTICE_VERSION } from "@/lib/delivery/rules";
import type { Customer } from "./people";
import type { SuppliedContract } from "./supplied";

/** Everybody's in the demo, printed at its start; nothing else uses them. */
export const CUSTOMER_PASSWORD = "fiori-di-maggio-27";
export const STAFF_PASSWORD = "sportello-aperto-9";

/** What the demo's staff would have in an authenticator app; base32, printed at its start like the password. */
export const STAFF: { role: StaffRole; name: string; email: string; totpSecret: string }[] = [
  {
    role: "support",
    name: "Ilaria Costa",
    email: "ilaria.costa@gruppo-valfiorita.example",
    totpSecret: "SPORTELLODEMOSUPPORTTOTPSECRET22",
  },
  {
    role: "operator",
    name: "Bruno Sala",
    email: "bruno.sala@gruppo-valfiorita.example",
    totpSecret: "SPORTELLODEMOOPERATORTOTPSECRET3",
  },
  {
    role: "admin",
    name: "Nadia Riva",
    email: "nadia.riva@gruppo-valfiorita.example",
    totpSecret: "SPORTELLODEMOADMINTOTPSECRET2345",
  },
];

/** A contract as it stands in the database. */
export interface StoredContract {
  companyId: number;
  id: string;
  holderId: string;
}

/** Days between the registration and the first choice. */
const MADE_UP_HER_MIND = 86_400_000;

/**
 * Registers the demo's customers as if they had done it themselves at `since`, with their choices;
 * and the staff. Only a seed does this: a person registers by form and mail (R1–R4).
 */
export async function seedLogins(
  { db }: TxContext<SystemActor>,
  customers: Customer[],
  contracts: SuppliedContract[],
  stored: (contract: SuppliedContract) => StoredContract,
  since: Date,
): Promise<void> {
  const chosenAt = new Date(since.getTime() + MADE_UP_HER_MIND);
  for (const customer of customers) {
    const own = contracts.filter((contract) => contract.customer === customer);
    const [first] = own;
    if (!customer.email || !first) {
      continue;
    }
    const account = {
      id: uuidv7(),
      holderId: stored(first).holderId,
      email: customer.email,
      passwordHash: await hashPassword(CUSTOMER_PASSWORD),
      language: customer.language,
      createdAt: since,
    };
    await db.insert(accounts).values(account);
    for (const contract of own) {
      const { companyId, id: contractId } = stored(contract);
      await db
        .insert(contractLinks)
        .values({ companyId, contractId, accountId: account.id, linkedAt: since });
      const { choice, dedicatedEmail } = contract.supply;
      if (dedicatedEmail) {
        await db
          .insert(deliveryAddresses)
          .values({ accountId: account.id, email: dedicatedEmail, confirmedAt: chosenAt });
      }
      if (choice) {
        await db.insert(deliveryChoices).values({
          companyId,
          contractId,
          accountId: account.id,
          mode: choice,
          email: dedicatedEmail ?? null,
          noticeVersion: choice === "electronic" ? NOTICE_VERSION : null,
          origin: "customer",
          chosenAt,
        });
      }
    }
  }
  for (const { totpSecret, ...person } of STAFF) {
    const member = { ...person, id: uuidv7(), createdAt: since };
    await db.insert(staff).values({ ...member, passwordHash: await hashPassword(STAFF_PASSWORD) });
    await db
      .insert(secondFactors)
      .values({ staffId: member.id, secret: seal(totpSecret), confirmedAt: since });
  }
}
