import { after } from "next/server";
import { isPrefetch } from "@/lib/api/prefetch";
import { requireCustomer } from "@/lib/auth/current";
import { markOpened } from "@/lib/dispatches/commands/mark-opened";
import { findBillPdf } from "@/lib/documents/queries/bills";
import { readDocument } from "@/lib/storage/document-storage";

interface PdfRouteContext {
  params: Promise<{ id: string }>;
}

/** The PDF of a document of the signed-in customer; for anybody else there is none (R28). */
export async function GET(request: Request, { params }: PdfRouteContext): Promise<Response> {
  const { id } = await params;
  const ctx = await requireCustomer(`/bills/${id}/pdf`);
  const found = await findBillPdf(ctx, id);
  const headers = { "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff" };
  if (!found) {
    return new Response(null, { status: 404, headers });
  }
  if (!isPrefetch(request.headers)) {
    after(() => markOpened(ctx, id));
  }
  const content = await readDocument(found.storageKey);
  const fileName = `${found.billNumber.replace(/[^A-Za-z0-9._-]/g, "_")}.pdf`;
  return new Response(Buffer.from(content), {
    headers: {
      ...headers,
      "Content-Type": "application/pdf",
      "Content-Disposition": `inline; filename="${fileName}"`,
      // A document from elsewhere gets no rights of this site, whatever is in it.
      "Content-Security-Policy": "sandbox; frame-ancestors 'none'",
      "Cross-Origin-Resource-Policy": "same-origin",
    },
  });
}
