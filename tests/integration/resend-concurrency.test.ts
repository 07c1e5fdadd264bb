import { setTimeout as sleep } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "@/db/client";
import { dispatches, dispatchOrders } from "@/db/schema";
import { carryOutDispatchOrder } from "@/lib/dispatches/commands/carry-out-dispatch-order";
import { makeDispatch } from "../factories/dispatches";
import { makeCustomer, makeStaff, must } from "../factories/people";
import { choose } from "../factories/runs";
import { type Clone, cloneDatabase } from "../setup/database";

let clone: Clone;
beforeAll(async () => {
  clone = await cloneDatabase();
});
afterAll(async () => {
  await clone.drop();
});

/** An order to send a bill again, which nothing hinders. */
async function orderedResend() {
  return await clone.superuser.db.transaction(async (db) => {
    const customer = await makeCustomer(db);
    await choose(db, customer);
    const { document } = await makeDispatch(db, customer, { state: "failed" });
    const staff = await makeStaff(db, "support");
    const key = {
      companyId: customer.company.id,
      contractId: customer.contract.id,
      documentId: document.id,
    };
    const [order] = await db
      .insert(dispatchOrders)
      .values({ ...key, kind: "resend", orderedBy: staff.staffId })
      .returning();
    return { customer, document, key: { ...key, orderId: must(order).id } };
  });
}

type Ordered = Awaited<ReturnType<typeof orderedResend>>;

/** What comes of a resend that begins while another transaction, not yet committed, has done this. */
async function whileOpen(work: (db: Transaction, ordered: Ordered) => Promise<unknown>) {
  const ordered = await orderedResend();
  const ctx = { db: clone.worker.db, actor: { kind: "system", name: "test" } } as const;
  let carriedOut: Promise<void> | undefined;
  let early = false;
  await clone.superuser.db.transaction(async (db) => {
    await work(db, ordered);
    carriedOut = carryOutDispatchOrder(ctx, ordered.key).then(() => {
      early = true;
    });
    await sleep(400);
    expect(early, "it must wait for the other").toBe(false);
  });
  await carriedOut;
  const [order] = await clone.superuser.db
    .select()
    .from(dispatchOrders)
    .where(eq(dispatchOrders.id, ordered.key.orderId));
  const [dispatch] = await clone.superuser.db
    .select()
    .from(dispatches)
    .where(eq(dispatches.documentId, ordered.document.id));
  return [must(order).outcome, must(dispatch).state];
}

describe("a resend at the same instant as", () => {
  test("R21 a withdrawal waits for it, and sends nothing", async () => {
    const end = await whileOpen(async (db, { document }) => {
      await db.execute(sql`select from documents where id = ${document.id} for no key update`);
      await db.execute(sql`update documents set withdrawn_at = now() where id = ${document.id}`);
    });
    expect(end).toEqual(["withdrawn", "failed"]);
  });

  test("R7 a deletion waits for it, and writes to nobody", async () => {
    const end = await whileOpen(async (db, { customer }) => {
      await db.execute(sql`select from accounts where id = ${customer.account.id} for update`);
      await db.execute(sql`update accounts set deleted_at = now(), password_hash = null,
        email = 'deleted-' || id where id = ${customer.account.id}`);
    });
    expect(end).toEqual(["account_deleted", "failed"]);
  });

  test("R19 an export for the mail room waits for it, and leaves the bill to paper", async () => {
    const end = await whileOpen(async (db, { customer, document }) => {
      const { id, slug } = customer.company;
      await db.execute(
        sql`select pg_advisory_xact_lock(hashtextextended(${`mail room ${slug}`}, 0))`,
      );
      await db.execute(sql`
        with made as (
          insert into mail_room_exports (company_id, person) values (${id}, 'shell:test') returning id
        )
        insert into mail_room_items (company_id, contract_id, document_id, export_id, reason)
        select ${id}, ${customer.contract.id}, ${document.id}, id, 'hard_bounce' from made`);
    });
    expect(end).toEqual(["printed", "failed"]);
  });
});
