import { getTranslations } from "next-intl/server";
import { refusedFile } from "@/lib/api/csv-response";
import { currentLanguage, requireStaff } from "@/lib/auth/current";
import { isFromHere } from "@/lib/auth/same-origin";
import { localizedPath } from "@/lib/i18n/languages";
import { receiveDirectUpload } from "@/lib/imports/commands/direct-upload";
import { uploadImport } from "@/lib/imports/commands/upload-import";
import { mayImport, type UploadProblem, uploadMegabytes } from "@/lib/imports/rules";
import { sentUploadSchema, uploadSchema } from "@/lib/imports/schema";

/** A file that was sent to the storage is read from its first byte to its last. */
export const maxDuration = 60;

/** A file that somebody at the desk sends to be imported (operators and admins). */
export async function POST(request: Request): Promise<Response> {
  const ctx = await requireStaff();
  const t = await getTranslations("imports");
  if (!mayImport(ctx.actor) || !isFromHere(request)) {
    return refusedFile(403, t("forbidden"));
  }
  const language = await currentLanguage();
  const onward = (path: string) =>
    new Response(null, { status: 303, headers: { Location: localizedPath(language, path) } });
  const back = (problem: UploadProblem) => onward(`/staff/imports?problem=${problem}`);
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= uploadMegabytes() * 1024 * 1024)) {
    return back("too_large");
  }
  const form = await request.formData();
  const fields = Object.fromEntries([...form].filter(([, value]) => typeof value === "string"));
  const sentBefore = sentUploadSchema.safeParse(fields);
  if (sentBefore.success) {
    const received = await receiveDirectUpload(ctx, sentBefore.data);
    return received.ok ? onward(`/staff/imports/${received.value}`) : back(received.code);
  }
  const asked = uploadSchema.safeParse(fields);
  const [file, documents] = [form.get("file"), form.get("documents")];
  if (!asked.success || !(file instanceof File) || file.size === 0) {
    return back("no_file");
  }
  const zip = documents instanceof File && documents.size > 0 ? documents : undefined;
  const sent = await uploadImport(ctx, { ...asked.data, file, documents: zip });
  return sent.ok ? onward(`/staff/imports/${sent.value}`) : back(sent.code);
}

/** There is nothing to see at a form's address. */
export async function GET(): Promise<Response> {
  return refusedFile(404, (await getTranslations("imports"))("noSuch"));
}
