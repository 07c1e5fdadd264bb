import { notFound } from "next/navigation";
import { mailResponse } from "@/lib/api/mail-response";
import { requireStaff } from "@/lib/auth/current";
import { previewMail } from "@/lib/mail/queries/preview-mail";
import { previewRequestSchema } from "@/lib/mail/schema";
import { inTheme } from "@/lib/mail/theme";

interface Params {
  params: Promise<{ template: string }>;
}

/** The HTML of an e-mail, for the frame of its preview (staff only). */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  const ctx = await requireStaff();
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const { template } = await params;
  const asked = previewRequestSchema.parse({ ...query, template });
  const mail = asked.template
    ? await previewMail(ctx, { ...asked, template: asked.template })
    : null;
  return mail ? mailResponse(inTheme(mail.html, asked.theme)) : notFound();
}
