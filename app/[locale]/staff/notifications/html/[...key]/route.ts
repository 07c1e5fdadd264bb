import { notFound } from "next/navigation";
import { mailResponse } from "@/lib/api/mail-response";
import { requireStaff } from "@/lib/auth/current";
import { archivedMailKey, findArchivedMail } from "@/lib/mail/queries/mail-archive";

interface Params {
  params: Promise<{ key: string[] }>;
}

/** The HTML of a mail as it was sent, for the frame of its page (staff). */
export async function GET(_request: Request, { params }: Params): Promise<Response> {
  const ctx = await requireStaff();
  const key = archivedMailKey((await params).key);
  const mail = key && (await findArchivedMail(ctx, key));
  return mail ? mailResponse(mail.html) : notFound();
}
