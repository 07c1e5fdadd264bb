import { notFound } from "next/navigation";
import { mailResponse } from "@/lib/api/mail-response";
import { requireStaff } from "@/lib/auth/current";
import { archivedMailKey, findArchivedMail } from "@/lib/mail/queries/mail-archive";
import { inTheme, MAIL_THEMES } from "@/lib/mail/theme";

interface Params {
  params: Promise<{ key: string[] }>;
}

/** The HTML of a mail as it was sent, for the frame of its page (staff). */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  const ctx = await requireStaff();
  const key = archivedMailKey((await params).key);
  const mail = key && (await findArchivedMail(ctx, key));
  if (!mail) {
    notFound();
  }
  const theme = MAIL_THEMES.find((one) => one === new URL(request.url).searchParams.get("theme"));
  return mailResponse(theme ? inTheme(mail.html, theme) : mail.html);
}
