import { defineConfig } from "drizzle-kit";

/** `npx drizzle-kit generate --name <effect>` writes the next migration from db/schema. */
export default defineConfig({
  dialect: "postgresql",
  // What index.ts gives on would be there twice, and of a view that is an error.
  schema: "./db/schema/!(index).ts",
  out: "./db/migrations",
  casing: "snake_case",
});
