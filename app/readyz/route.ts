import { webConnection } from "@/lib/connections";

export const dynamic = "force-dynamic";

const PATIENCE_MS = 3_000;

/** The database answers, so requests may come; 503 otherwise. */
export async function GET(): Promise<Response> {
  const answered = webConnection()
    .db.execute("select 1")
    .then(
      () => true,
      () => false,
    );
  const late = new Promise<false>((resolve) => setTimeout(resolve, PATIENCE_MS, false).unref());
  const ready = await Promise.race([answered, late]);
  return Response.json(
    { status: ready ? "ready" : "no database" },
    { status: ready ? 200 : 503, headers: { "Cache-Control": "no-store" } },
  );
}
