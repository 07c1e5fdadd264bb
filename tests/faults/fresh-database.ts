import postgres from "postgres";
import { migrate } from "@/db/migrate";
import { type DatabaseUrls, databaseUrls } from "../setup/urls";

/** A migrated database that nobody used before. */
export async function freshDatabase(server: DatabaseUrls, name: string): Promise<DatabaseUrls> {
  const admin = postgres(server.superuserUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe(`drop database if exists ${name} with (force)`);
  await admin.unsafe(`create database ${name} owner sportello_owner`);
  await admin.end();
  const urls = databaseUrls(server, name);
  await migrate(urls.ownerUrl);
  return urls;
}
