import { createServer, type Server, type Socket } from "node:net";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { webhookDeliveries } from "@/db/schema";
import { addEndpoint } from "@/lib/api/webhooks/commands/add-endpoint";
import { deliverWebhooks } from "@/lib/api/webhooks/commands/deliver-webhooks";
import { removeEndpoint } from "@/lib/api/webhooks/commands/remove-endpoint";
import { post } from "@/lib/api/webhooks/post";
import { type ApiServer, apiServer } from "./api-server";

let api: ApiServer;
/** What each receiver answers, by the first part of its path; null: nothing at all. */
const ANSWERS: Record<string, string | null> = {
  dead: null,
  upgrade: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  well: "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
};
let receiver: Server;
const sockets = new Set<Socket>();
let asked: string[] = [];

beforeAll(async () => {
  api = await apiServer();
  receiver = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      const [, name = ""] = /^POST \/(\w+)/.exec(bytes.toString("latin1")) ?? [];
      asked.push(name);
      const answer = ANSWERS[name] ?? null;
      if (answer !== null) {
        socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  for (const socket of sockets) {
    socket.destroy();
  }
  receiver.close();
  await api.close();
});

const urlOf = (name: string) => {
  const address = receiver.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/${name}`;
};

/** An endpoint for which so many deliveries are due. */
async function owed(name: string, count: number): Promise<string> {
  const { id } = await addEndpoint(api.ctx, {
    url: urlOf(name),
    events: ["run.closed"],
    companyId: null,
  });
  await api.clone.superuser.db.execute(sql`
    insert into webhook_deliveries (endpoint_id, event, payload, next_attempt_at)
    select ${id}, 'run.closed', '{}', clock_timestamp() - interval '1 hour'
    from generate_series(1, ${count}::int)`);
  return id;
}

const attempts = async (id: string) =>
  (
    await api.clone.superuser.db
      .select({ attempts: webhookDeliveries.attempts })
      .from(webhookDeliveries)
      .where(eq(webhookDeliveries.endpointId, id))
  ).filter((row) => row.attempts > 0).length;

test("an answer that changes the protocol is no answer, and nobody waits for it", async () => {
  const told = await post(urlOf("upgrade"), { body: "{}", headers: {} }, 2_000);
  expect(told).toEqual({ taken: false, answer: "no answer" });
});

test("an endpoint that is dead holds up no other, nor the job for all that it is owed", async () => {
  const dead = await owed("dead", 50);
  await owed("well", 30);
  asked = [];
  const started = Date.now();
  const sum = await deliverWebhooks(api.ctx, new AbortController().signal);
  // Ten seconds are what one answer is waited for.
  expect(Date.now() - started).toBeLessThan(15_000);
  expect(sum).toEqual({ delivered: 30, failed: 4 });
  expect(asked.filter((name) => name === "well")).toHaveLength(30);
  expect(await attempts(dead)).toBe(4);
  await removeEndpoint(api.ctx, dead);
}, 30_000);

test("a secret that cannot be read holds up its own endpoint alone", async () => {
  const broken = await owed("well", 1);
  const well = await owed("well", 1);
  await api.clone.superuser.db.execute(
    sql`update webhook_secrets set secret = 'c2VhbGVkIGJ5IGFub3RoZXIgc2VjcmV0IG9mIHRoZSBzZXJ2ZXI' where endpoint_id = ${broken}`,
  );
  await expect(deliverWebhooks(api.ctx, new AbortController().signal)).rejects.toThrow();
  expect(await attempts(well)).toBe(1);
  const [row] = await api.clone.superuser.db
    .select()
    .from(webhookDeliveries)
    .where(eq(webhookDeliveries.endpointId, well));
  expect(row?.deliveredAt).not.toBeNull();
  await removeEndpoint(api.ctx, broken);
});
