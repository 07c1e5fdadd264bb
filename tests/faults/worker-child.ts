import { mailConnection } from "@/lib/connections";
import { startSender } from "@/lib/jobs/running-sender";
import type { SenderPoint } from "@/lib/mail/sender-points";
import type { WorkerOptions } from "./mail-worker";

/** A process that sends, as the worker does, and dies where it is told to. */
const {
  killAt,
  clockAheadMs = 0,
  leaseSeconds,
  lanes,
} = JSON.parse(process.argv[2] ?? "{}") as WorkerOptions;
if (clockAheadMs !== 0) {
  const now = Date.now;
  Date.now = () => now() + clockAheadMs;
}
let passed = 0;
const at = async (point: SenderPoint) => {
  if (point === killAt?.point) {
    passed += 1;
    if (passed >= killAt.nth) {
      if (point === "after post") {
        // Half of the time the provider has it by then.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      }
      process.kill(process.pid, "SIGKILL");
      await new Promise(() => {});
    }
  }
};
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
const ctx = { db: mailConnection().db, actor: { kind: "system", name: "worker" } as const };
await ctx.db.execute("select 1");
process.send?.("ready");
const sender = startSender(ctx, { stop: stop.signal, at, leaseSeconds, lanes });
await sender.ended;
process.exit(0);
