import { exportOwnData } from "@/lib/accounts/commands/export-own-data";
import { zipResponse } from "@/lib/api/zip-response";
import { requireCustomer } from "@/lib/auth/current";

interface DataRouteContext {
  params: Promise<{ id: string }>;
}

/** The signed-in customer's own data as an archive, while it may be downloaded; for anybody else there is none (R28). */
export async function GET(_request: Request, { params }: DataRouteContext): Promise<Response> {
  const { id } = await params;
  const ctx = await requireCustomer(`/profile/data/${id}`);
  const data = await exportOwnData(ctx, id);
  return data
    ? zipResponse(data.name, data.files)
    : new Response(null, {
        status: 404,
        headers: { "Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff" },
      });
}
