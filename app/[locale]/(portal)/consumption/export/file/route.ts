import { getTranslations } from "next-intl/server";
import { fileHeaders, refusedFile, writtenFile } from "@/lib/api/csv-response";
import { requireCustomer } from "@/lib/auth/current";
import { withinLimits } from "@/lib/auth/limits";
import { csvOfDays, csvOfTotals } from "@/lib/consumption/exports/csv-file";
import { exportedDays } from "@/lib/consumption/exports/exported-days";
import { greenButtonOfDays } from "@/lib/consumption/exports/green-button-file";
import { jsonOfDays } from "@/lib/consumption/exports/json-file";
import { sheetOfDays } from "@/lib/consumption/exports/sheet-file";
import { commonDays, lengthOf } from "@/lib/consumption/period";
import { listMeteredContracts } from "@/lib/consumption/queries";
import { findDataExtent } from "@/lib/consumption/queries/data-extent";
import { chooseContract, exportAddress, MOST_EXPORTED } from "@/lib/consumption/schema";

const SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** A customer's own readings as a file; of another's contract there is none (R28). */
export async function GET(request: Request): Promise<Response> {
  const ctx = await requireCustomer("/consumption/export");
  const t = await getTranslations("exports");
  const asked = exportAddress.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!asked.success) {
    return refusedFile(400, t("problem.incomplete"));
  }
  if (!(await withinLimits(ctx.db, [["consumption_export", ctx.actor.accountId]]))) {
    return refusedFile(429, t("problem.tooMany"));
  }
  const { format, ...given } = asked.data;
  const { chosen: contract } = chooseContract(await listMeteredContracts(ctx), given.contract);
  if (!contract) {
    return refusedFile(404, t("problem.unknown"));
  }
  // Green Button has intervals and nothing else.
  const resolution = format === "xml" ? "intervals" : given.resolution;
  const [from = "", to = ""] = [given.from, given.to].sort();
  const key = { companyId: contract.companyId, contractId: contract.id };
  const extent = await findDataExtent(ctx, key);
  if (!extent) {
    return refusedFile(404, t("none"));
  }
  // Who asks for a century gets what there is of it.
  const known = { from: extent.firstDay, to: extent.lastDay };
  const range = { ...commonDays({ from, to }, known), resolution };
  const most = MOST_EXPORTED[resolution][format];
  if (lengthOf(range) > most) {
    return refusedFile(400, t("problem.tooLong", { days: most }));
  }
  const days = exportedDays(ctx, contract, range);
  const kind = resolution === "days" ? "days." : "";
  const name = `${contract.contractNumber}-${from}-${to}.${kind}${format}`;
  switch (format) {
    case "csv": {
      const lines = resolution === "days" ? csvOfTotals : csvOfDays;
      return writtenFile(name, "text/csv; charset=utf-8", lines(contract, days));
    }
    case "json":
      return writtenFile(
        name,
        "application/json",
        jsonOfDays(contract, { from, to, resolution }, days),
      );
    case "xml":
      return writtenFile(
        name,
        "application/atom+xml; charset=utf-8",
        greenButtonOfDays(contract, days, new Date()),
      );
    case "xlsx": {
      const words = {
        ...{ days: t("sheet.days"), intervals: t("sheet.intervals"), day: t("sheet.day") },
        ...{ direction: t("sheet.direction"), start: t("sheet.start"), end: t("sheet.end") },
        ...{ total: t("sheet.total"), note: t("sheet.note") },
        ...{ estimated: t("sheet.estimated"), missing: t("sheet.missing") },
        directions: { consumption: t("sheet.consumption"), injection: t("sheet.injection") },
      };
      const sheet = await sheetOfDays(contract, range, days, words);
      return new Response(new Uint8Array(sheet), { headers: fileHeaders(name, SHEET) });
    }
  }
}
