import { startProvider } from "./server";
import type { Settings } from "./settings";

/** The provider as a process of its own: settings as its argument, its address on standard output. */
const provider = await startProvider(JSON.parse(process.argv[2] ?? "{}") as Partial<Settings>);
process.stdout.write(`${provider.url}\n`);
process.on("disconnect", () => process.exit(0));
