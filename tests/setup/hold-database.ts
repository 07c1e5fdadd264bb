import { startEmbedded } from "@/db/embedded/launcher";

/**
 * A process of its own that uses the embedded database of the folder it is given: says its address,
 * then holds on until it is told to end.
 */
async function main(): Promise<void> {
  const database = await startEmbedded(process.argv[2] ?? "", { throwAway: true });
  process.once("SIGTERM", () => {
    void database.release().then(() => process.exit(0));
  });
  console.log(database.superuserUrl);
  setInterval(() => {}, 60_000);
}

await main();
