import { fileHeaders } from "@/lib/api/csv-response";
import { answerCustomer, bearerOf } from "@/lib/api/customer/answer-customer";
import { ProblemError } from "@/lib/api/v1/problem";
import { csvOfDays } from "@/lib/consumption/exports/csv-file";
import { exportedDays } from "@/lib/consumption/exports/exported-days";
import { jsonOfDays } from "@/lib/consumption/exports/json-file";
import { lengthOf } from "@/lib/consumption/period";
import { listMeteredContracts } from "@/lib/consumption/queries";
import { chooseContract, tokenExportAddress } from "@/lib/consumption/schema";
import { NotFoundError } from "@/lib/errors";

/** Made whole before it is answered, so that no transaction waits for a slow reader. */
const MOST_DAYS = 400;

/** A contract's days and intervals, of the account whose token is shown. */
export async function GET(request: Request): Promise<Response> {
  const shown = { secret: bearerOf(request), purpose: "consumption" } as const;
  return await answerCustomer(request, shown, async (ctx) => {
    const asked = tokenExportAddress.safeParse(
      Object.fromEntries(new URL(request.url).searchParams),
    );
    if (!asked.success) {
      throw new ProblemError(
        "invalid_request",
        "Give contract (its number or id), from and to (YYYY-MM-DD, from first), and format (json or csv).",
      );
    }
    const { contract: name, format, ...range } = asked.data;
    if (lengthOf(range) > MOST_DAYS) {
      throw new ProblemError("invalid_request", `Ask for ${MOST_DAYS} days at most.`);
    }
    const { chosen } = chooseContract(await listMeteredContracts(ctx), name);
    if (!chosen) {
      throw new NotFoundError("contract");
    }
    const days = exportedDays(ctx, chosen, range);
    const lines = format === "csv" ? csvOfDays(chosen, days) : jsonOfDays(chosen, range, days);
    let text = "";
    for await (const line of lines) {
      text += line;
    }
    const type = format === "csv" ? "text/csv; charset=utf-8" : "application/json";
    return new Response(text, { headers: fileHeaders(`consumption.${format}`, type) });
  });
}
