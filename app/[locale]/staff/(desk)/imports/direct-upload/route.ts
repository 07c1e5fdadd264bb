import { getTranslations } from "next-intl/server";
import { refusedFile } from "@/lib/api/csv-response";
import { requireStaff } from "@/lib/auth/current";
import { isFromHere } from "@/lib/auth/same-origin";
import { offerDirectUpload } from "@/lib/imports/commands/direct-upload";
import { mayImport } from "@/lib/imports/rules";
import { directUploadSchema } from "@/lib/imports/schema";

/** Where a file that no form takes may be sent: asked by the form's script (operators and admins). */
export async function POST(request: Request): Promise<Response> {
  const ctx = await requireStaff();
  if (!mayImport(ctx.actor) || !isFromHere(request)) {
    return refusedFile(403, (await getTranslations("imports"))("forbidden"));
  }
  const asked = directUploadSchema.safeParse(await request.json().catch(() => null));
  const headers = { "Cache-Control": "private, no-store" };
  if (!asked.success) {
    return Response.json({ problem: "no_file" }, { status: 400, headers });
  }
  const offered = await offerDirectUpload(ctx, asked.data);
  return offered.ok
    ? Response.json(offered.value, { headers })
    : Response.json({ problem: offered.code }, { status: 422, headers });
}

/** There is nothing to see at a script's address. */
export async function GET(): Promise<Response> {
  return refusedFile(404, (await getTranslations("imports"))("noSuch"));
}
