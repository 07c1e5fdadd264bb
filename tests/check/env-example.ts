import { envSchema } from "@/lib/env";

/** Values that make the file a working start for a local trial; the rest stays empty. */
const EXAMPLES: Record<string, string> = {
  DATABASE_URL: "postgres://sportello_web:secret@127.0.0.1:5432/sportello",
  DATABASE_WORKER_URL: "postgres://sportello_worker:secret@127.0.0.1:5432/sportello",
  DATABASE_OWNER_URL: "postgres://sportello_owner:secret@127.0.0.1:5432/sportello",
  APP_URL: "https://bollette.example.it",
  STORAGE_URL: "file:./storage",
  TRUSTED_PROXY_HOPS: "0",
};

/** The text of .env.example, from the schema and its descriptions. */
export function envExample(): string {
  const entries = Object.entries(envSchema.shape).map(([name, schema]) => {
    const needed = schema.safeParse(undefined).success ? "optional" : "needed";
    return `# ${schema.description} (${needed})\n${name}=${EXAMPLES[name] ?? ""}\n`;
  });
  return `# Made from lib/env.ts by \`npm run check -- --write\`; copy to .env and fill in.\n\n${entries.join("\n")}`;
}
