import { getTranslations } from "next-intl/server";
import { fileHeaders, refusedFile, writtenFile } from "@/lib/api/csv-response";
import { requireCustomer } from "@/lib/auth/current";
import { withinLimits } from "@/lib/auth/limits";
import { csvOfDays } from "@/lib/consumption/exports/csv-file";
import { exportedDays } from "@/lib/consumption/exports/exported-days";
import { greenButtonOfDays } from "@/lib/consumption/exports/green-button-file";
import { jsonOfDays } from "@/lib/consumption/exports/json-file";
import { sheetOfDays } from "@/lib/consumption/exports/sheet-file";
import { lengthOf } from "@/lib/consumption/period";
import { listMeteredContracts } from "@/lib/consumption/queries";
import { chooseContract, EXPORT_FORMATS, exportAddress } from "@/lib/consumption/schema";

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
  const range = given.from <= given.to ? given : { from: given.to, to: given.from };
  const most = EXPORT_FORMATS[format];
  if (lengthOf(range) > most) {
    return refusedFile(400, t("problem.tooLong", { days: most }));
  }
  const days = exportedDays(ctx, contract, range);
  const name = `${contract.contractNumber}-${range.from}-${range.to}.${format}`;
  switch (format) {
    case "csv":
      return writtenFile(name, "text/csv; charset=utf-8", csvOfDays(contract, days));
    case "json":
      return writtenFile(name, "application/json", jsonOfDays(contract, range, days));
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
