import { getTranslations } from "next-intl/server";
import { csvResponse, refusedFile } from "@/lib/api/csv-response";
import { requireStaff } from "@/lib/auth/current";
import { readMailRoomExport } from "@/lib/dispatches/commands/export-mail-room";
import { mailRoomLines } from "@/lib/dispatches/queries/mail-room-file";
import { ForbiddenError } from "@/lib/errors";
import { romeDay } from "@/lib/time";

interface MailRoomRouteContext {
  params: Promise<{ company: string; export: string }>;
}

/** A list that was handed to the mail room, as CSV (operators and admins). */
export async function GET(_request: Request, { params }: MailRoomRouteContext): Promise<Response> {
  const ctx = await requireStaff();
  const { company, export: exportId } = await params;
  const t = await getTranslations("desk.mailRoom");
  try {
    const list = await readMailRoomExport(ctx, { company, exportId });
    return list
      ? csvResponse(
          `${company}-mail-room-${romeDay(list.exportedAt)}.csv`,
          (async function* () {
            yield* mailRoomLines(list.rows);
          })(),
        )
      : refusedFile(404, t("fileMissing"));
  } catch (error) {
    if (error instanceof ForbiddenError) {
      return refusedFile(403, t("fileForbidden"));
    }
    throw error;
  }
}
