import { currentLanguage, requireCustomer, visitor } from "@/lib/auth/current";
import { findCompany } from "@/lib/companies/queries";
import { renderMandateForm } from "@/lib/contracts/mandate-form";
import { findRequestedMandate } from "@/lib/contracts/queries/mandate-requests";

interface FormRouteContext {
  params: Promise<{ company: string }>;
}

/**
 * The SEPA mandate to be printed and signed: blank for everybody; `?request=<id>` filled in with a
 * request of the signed-in customer, and for anybody else not found (R28).
 */
export async function GET(request: Request, { params }: FormRouteContext): Promise<Response> {
  const { company: slug } = await params;
  const requestId = new URL(request.url).searchParams.get("request");
  const headers = { "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff" };
  const ctx = requestId === null ? visitor() : await requireCustomer(`/direct-debit/${slug}`);
  const company = await findCompany(ctx.db, slug);
  const requested =
    company && requestId !== null && ctx.actor.kind === "customer"
      ? await findRequestedMandate({ db: ctx.db, actor: ctx.actor }, { company: slug, requestId })
      : null;
  if (!company || (requestId !== null && !requested)) {
    return new Response(null, { status: 404, headers });
  }
  const language = await currentLanguage();
  const form = await renderMandateForm({ language, company, requested });
  return new Response(Buffer.from(form), {
    headers: {
      ...headers,
      "Content-Type": "application/pdf",
      "Content-Disposition": `inline; filename="sepa-${slug}.pdf"`,
      "Content-Security-Policy": "sandbox; frame-ancestors 'none'",
      "Cross-Origin-Resource-Policy": "same-origin",
    },
  });
}
