import { photoResponse } from "@/lib/api/photo-response";
import { currentLanguage, requireCustomer } from "@/lib/auth/current";
import { isFromHere } from "@/lib/auth/same-origin";
import { addPhoto } from "@/lib/consumption/commands/add-photo";
import { photoMegabytes } from "@/lib/consumption/photo/clean-photo";
import { findMeterPhoto } from "@/lib/consumption/queries/told-readings";
import { receiptCodeSchema } from "@/lib/consumption/schema";
import { NotFoundError } from "@/lib/errors";
import { localizedPath } from "@/lib/i18n/languages";

interface PhotoRouteContext {
  params: Promise<{ code: string }>;
}

/** What a form adds around its file. */
const FORM_BYTES = 64 * 1024;

const notThere = () =>
  new Response(null, { status: 404, headers: { "Cache-Control": "private, no-store" } });

/** The photo of the signed-in customer's own self-reading; for anybody else there is none (R28). */
export async function GET(_request: Request, { params }: PhotoRouteContext): Promise<Response> {
  const { code } = await params;
  const ctx = await requireCustomer(`/consumption/self-reading/${code}`);
  const asked = receiptCodeSchema.safeParse(code);
  return asked.success ? await photoResponse(await findMeterPhoto(ctx, asked.data)) : notThere();
}

/**
 * Takes a photo for a self-reading that waits. A plain form and no server action: nobody who is not signed in sends
 * megabytes, and the figure is in before them.
 */
export async function POST(request: Request, { params }: PhotoRouteContext): Promise<Response> {
  const { code } = await params;
  const page = `/consumption/self-reading/${code}`;
  const ctx = await requireCustomer(page);
  const asked = receiptCodeSchema.safeParse(code);
  if (!asked.success || !isFromHere(request)) {
    return notThere();
  }
  const language = await currentLanguage();
  const back = (outcome: string) =>
    new Response(null, {
      status: 303,
      headers: { Location: localizedPath(language, `${page}?photo=${outcome}#photo`) },
    });
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= photoMegabytes() * 1024 * 1024 + FORM_BYTES)) {
    return back("too_large");
  }
  // What is no form, or broke off on its way, has no photo either.
  const form = await request.formData().catch(() => null);
  const file = form?.get("photo");
  const bytes = file instanceof File ? Buffer.from(await file.arrayBuffer()) : Buffer.alloc(0);
  try {
    const added = await addPhoto(ctx, asked.data, bytes);
    return back(added.ok ? "added" : added.code);
  } catch (error) {
    if (error instanceof NotFoundError) {
      return notThere();
    }
    throw error;
  }
}
