import { startWorker } from "@/lib/jobs/worker";
import { failureSentence } from "./failure";
import { localEnvironment as openEnvironment } from "./local-environment";
import { lowerPriority } from "./low-priority";

/** `npm run worker`: works the queue until it is told to end. */
async function main(): Promise<void> {
  lowerPriority();
  const local = await openEnvironment();
  const worker = await startWorker();
  const told = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => resolve());
    }
  });
  await Promise.race([told, worker.ended]);
  await worker.stop();
  await local.release();
  process.exit();
}

main().catch((error: unknown) => {
  console.error(failureSentence(error));
  process.exit(1);
});
