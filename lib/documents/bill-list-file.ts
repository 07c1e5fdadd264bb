import type { createTranslator } from "next-intl";
import type { DataRow, DataSet } from "@/lib/api/data-files";
import type { Context } from "@/lib/auth/context";
import type { MESSAGES } from "@/lib/i18n/messages";
import { type BillFileRow, eachBill } from "./queries/bill-files";
import { paymentWord } from "./rules";
import type { BillFilter } from "./schema";

type Translate<Namespace extends "archive" | "bills"> = ReturnType<
  typeof createTranslator<(typeof MESSAGES)["it"], Namespace>
>;

interface Words {
  t: Translate<"archive">;
  bills: Translate<"bills">;
}

/** The archive's list as a file for spreadsheets, in the words of the page; columns in the page's language. */
export function billListFile(ctx: Context, filter: BillFilter, words: Words): DataSet {
  const { t } = words;
  return {
    name: t("file.name"),
    columns: {
      [t("file.number")]: "text",
      [t("file.kind")]: "text",
      [t("file.company")]: "text",
      [t("file.contract")]: "text",
      [t("file.commodity")]: "text",
      [t("file.supplyPoint")]: "text",
      [t("file.supplyAddress")]: "text",
      [t("file.issued")]: "day",
      [t("file.due")]: "day",
      [t("file.from")]: "day",
      [t("file.to")]: "day",
      [t("file.total")]: "euro",
      [t("file.discount")]: "euro",
      [t("file.consumption")]: "decimal",
      [t("file.unit")]: "text",
      [t("file.state")]: "text",
      [t("file.way")]: "text",
    },
    rows: () => rowsOf(eachBill(ctx, filter), words),
  };
}

async function* rowsOf(
  bills: AsyncIterable<BillFileRow>,
  { t, bills: tBills }: Words,
): AsyncGenerator<DataRow> {
  for await (const bill of bills) {
    yield {
      [t("file.number")]: bill.billNumber,
      [t("file.kind")]: tBills(`kind.${bill.kind}`),
      [t("file.company")]: bill.companyName,
      [t("file.contract")]: bill.contractNumber,
      [t("file.commodity")]: tBills(`commodity.${bill.commodity}`),
      [t("file.supplyPoint")]: bill.supplyPoint,
      [t("file.supplyAddress")]: bill.supplyAddress,
      [t("file.issued")]: bill.issueDate,
      [t("file.due")]: bill.dueDate,
      [t("file.from")]: bill.periodFrom,
      [t("file.to")]: bill.periodTo,
      [t("file.total")]: bill.totalCents,
      [t("file.discount")]: bill.discountCents,
      [t("file.consumption")]: bill.consumption,
      [t("file.unit")]: bill.consumptionUnit?.replace("m3", "m³"),
      [t("file.state")]: tBills(`payment.${paymentWord(bill)}`),
      [t("file.way")]: bill.channel && t(bill.channel === "paper" ? "paper" : "electronic"),
    };
  }
}
