import { createHmac, timingSafeEqual } from "node:crypto";
import postgres from "postgres";

/**
 * The limit of the webhooks bench: a bare route that verifies the signature of an event of the provider
 * and inserts its row, and does nothing else.
 */
const secret = Buffer.from(
  (process.env.RESEND_WEBHOOK_SECRET ?? "").split(",")[0]?.replace(/^whsec_/, "") ?? "",
  "base64",
);
const sql = postgres(process.env.DATABASE_WORKER_URL ?? "", { max: 10 });

export async function POST(request: Request): Promise<Response> {
  const body = await request.text();
  const id = request.headers.get("svix-id") ?? "";
  const at = request.headers.get("svix-timestamp") ?? "";
  const wanted = createHmac("sha256", secret).update(`${id}.${at}.${body}`).digest();
  const given = Buffer.from(
    request.headers.get("svix-signature")?.replace("v1,", "") ?? "",
    "base64",
  );
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    return new Response("", { status: 401 });
  }
  const { type, created_at, data } = JSON.parse(body);
  const { company, dispatch, batch } = data.tags;
  await sql`insert into bench_events (id, type, occurred_at, company_id, dispatch_id, batch_id, detail)
    values (${id}, ${type}, ${created_at}, ${company}, ${dispatch}, ${batch},
      ${sql.json({ emailId: data.email_id })})
    on conflict do nothing`;
  return Response.json({ result: "received" });
}
