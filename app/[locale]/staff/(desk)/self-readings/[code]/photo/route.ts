import { photoResponse } from "@/lib/api/photo-response";
import { requireStaff } from "@/lib/auth/current";
import { findMeterPhoto } from "@/lib/consumption/queries/told-readings";
import { receiptCodeSchema } from "@/lib/consumption/schema";

interface PhotoRouteContext {
  params: Promise<{ code: string }>;
}

/** The photo that came with a self-reading, for whoever of staff looks at it. */
export async function GET(_request: Request, { params }: PhotoRouteContext): Promise<Response> {
  const ctx = await requireStaff();
  const asked = receiptCodeSchema.safeParse((await params).code);
  return await photoResponse(asked.success ? await findMeterPhoto(ctx, asked.data) : null);
}
