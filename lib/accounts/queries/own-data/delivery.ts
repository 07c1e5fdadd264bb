import { and, asc, eq, gt } from "drizzle-orm";
import { contracts, deliveryAddresses, deliveryChoices } from "@/db/schema";
import type { DataSet } from "@/lib/api/data-files";
import { visibleContracts } from "@/lib/contracts/scope";
import { visibleChoices } from "@/lib/delivery/scope";
import { type Ctx, pages } from "./pages";

const PAGE = 500;

/** Every choice of how bills come, none of which was ever changed (R10). */
export const choicesSet = (ctx: Ctx): DataSet => ({
  name: "delivery-choices",
  columns: {
    contract_number: "text",
    mode: "text",
    email: "text",
    origin: "text",
    notice_version: "text",
    chosen_at: "instant",
    recorded_at: "instant",
  },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: { id: string } | undefined) =>
      db
        .select({
          id: deliveryChoices.id,
          contract_number: contracts.contractNumber,
          mode: deliveryChoices.mode,
          email: deliveryChoices.email,
          origin: deliveryChoices.origin,
          notice_version: deliveryChoices.noticeVersion,
          chosen_at: deliveryChoices.chosenAt,
          recorded_at: deliveryChoices.recordedAt,
        })
        .from(deliveryChoices)
        .leftJoin(
          contracts,
          and(
            eq(contracts.companyId, deliveryChoices.companyId),
            eq(contracts.id, deliveryChoices.contractId),
            visibleContracts(actor),
          ),
        )
        .where(and(visibleChoices(actor), last && gt(deliveryChoices.id, last.id)))
        .orderBy(asc(deliveryChoices.id))
        .limit(PAGE),
    ),
});

/** The account's dedicated addresses, confirmed or not (R8). */
export const addressesSet = (ctx: Ctx): DataSet => ({
  name: "delivery-addresses",
  columns: { email: "text", created_at: "instant", confirmed_at: "instant" },
  rows: () =>
    pages(ctx, PAGE, async ({ db, actor }, last: { email: string } | undefined) =>
      db
        .select({
          email: deliveryAddresses.email,
          created_at: deliveryAddresses.createdAt,
          confirmed_at: deliveryAddresses.confirmedAt,
        })
        .from(deliveryAddresses)
        .where(
          and(
            eq(deliveryAddresses.accountId, actor.accountId),
            last && gt(deliveryAddresses.email, last.email),
          ),
        )
        .orderBy(asc(deliveryAddresses.email))
        .limit(PAGE),
    ),
});
