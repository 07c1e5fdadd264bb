import { notFound } from "next/navigation";
import { requireStaff } from "@/lib/auth/current";
import { previewMail } from "@/lib/mail/queries/preview-mail";
import { previewRequestSchema } from "@/lib/mail/schema";

/** E-mails style themselves inline; nothing else in them may run or load. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

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
  if (!mail) {
    notFound();
  }
  return new Response(mail.html, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": POLICY,
      "Cache-Control": "private, no-store",
    },
  });
}
