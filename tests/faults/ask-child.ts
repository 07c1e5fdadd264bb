import { mailConnection } from "@/lib/connections";
import { askProvider } from "@/lib/dispatches/commands/ask-provider";
import { foldEvents } from "@/lib/dispatches/commands/fold-events";

/** A process that asks the provider once for what it did not tell, and says what it learnt. */
const ctx = { db: mailConnection().db, actor: { kind: "system", name: "worker" } as const };
const asked = await askProvider(ctx);
await foldEvents(ctx);
process.stdout.write(JSON.stringify(asked), () => process.exit(0));
