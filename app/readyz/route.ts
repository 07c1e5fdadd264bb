import { UNREADY, whyUnready } from "@/lib/serving";

export const dynamic = "force-dynamic";

/** The database answers and its schema is one that this version knows, so requests may come; else 503 and why. */
export async function GET(): Promise<Response> {
  const reason = await whyUnready();
  return Response.json(
    reason ? { status: reason, message: UNREADY[reason] } : { status: "ready" },
    { status: reason ? 503 : 200, headers: { "Cache-Control": "no-store" } },
  );
}
