import { type Connection, connect } from "@/db/client";
import { accounts, contractLinks } from "@/db/schema";
import { hashPassword } from "@/lib/auth/password";
import { makeCompany } from "../factories/people";
import { makeUnregistered } from "../factories/signup";
import type { DatabaseUrls } from "../setup/urls";

export const PASSWORD = "quattro gatti sul tetto";

type Someone = Awaited<ReturnType<typeof makeUnregistered>>;

export interface PeopleWorld {
  web: Connection;
  superuser: Connection;
  /** Who could register now. */
  unregistered: Someone[];
  /** Who has an account, with PASSWORD. */
  registered: (Someone & { email: string })[];
  close(): Promise<void>;
}

/** A company with so many holders, each with one contract, a mandate and a bill; some have an account. */
export async function peopleWorld(
  urls: DatabaseUrls,
  { unregistered, registered }: { unregistered: number; registered: number },
): Promise<PeopleWorld> {
  const web = connect(urls.webUrl, { max: 20 });
  const superuser = connect(urls.superuserUrl, { max: 2 });
  const passwordHash = await hashPassword(PASSWORD);
  const world = await superuser.db.transaction(async (tx) => {
    const company = await makeCompany(tx);
    const without: Someone[] = [];
    for (let made = 0; made < unregistered; made += 1) {
      without.push(await makeUnregistered(tx, { company }));
    }
    const having: (Someone & { email: string })[] = [];
    for (let made = 0; made < registered; made += 1) {
      const someone = await makeUnregistered(tx, { company });
      const email = someone.typed.email;
      const [account] = await tx
        .insert(accounts)
        .values({ holderId: someone.holder.id, email, passwordHash, language: "it" })
        .returning();
      await tx.insert(contractLinks).values({
        companyId: company.id,
        contractId: someone.contract.id,
        accountId: account?.id ?? "",
      });
      having.push({ ...someone, email });
    }
    return { unregistered: without, registered: having };
  });
  return {
    ...world,
    web,
    superuser,
    async close() {
      await Promise.all([web.close(), superuser.close()]);
    },
  };
}

/** Does `work` for each number up to `count`, so many at once. */
export async function inLanes(
  count: number,
  lanes: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) {
        const index = next;
        next += 1;
        await work(index);
      }
    }),
  );
}

/** An address on the net for each number, all different. */
export const addressOf = (index: number) =>
  `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
