import { eq } from "drizzle-orm";
import { type CUSTOMER_TOKEN_PURPOSES, customerTokens } from "@/db/schema";
import type { OpenApiDocument } from "@/lib/api/openapi-document";
import { CUSTOMER_TOKEN_PREFIX } from "@/lib/auth/customer-token";
import { hashToken, newToken } from "@/lib/auth/token";
import { makeCustomer } from "../../factories/people";
import { type Clone, cloneDatabase } from "../../setup/database";
import { askRoute, type RouteFile, routeFiles, type Told } from "./api-server";

export const BASE = "/api/customer/v1";

export type Customer = Awaited<ReturnType<typeof makeCustomer>>;
type Purpose = (typeof CUSTOMER_TOKEN_PURPOSES)[number];

export interface CustomerServer {
  clone: Clone;
  document: OpenApiDocument;
  files: RouteFile[];
  /** As the worker, for what is imported. */
  system: { db: Clone["worker"]["db"]; actor: { kind: "system"; name: string } };
  /** Calls a route below the API's address as Next.js does; its answer must be one that the document has. */
  get(address: string, token?: string, headers?: Record<string, string>): Promise<Told>;
  customer(over?: Parameters<typeof makeCustomer>[1]): Promise<Customer>;
  token(of: Customer, purpose?: Purpose): Promise<string>;
  revoke(secret: string): Promise<void>;
  close(): Promise<void>;
}

/** The customer's API on a database of its own. */
export async function customerServer(): Promise<CustomerServer> {
  const clone = await cloneDatabase();
  process.env.DATABASE_URL = clone.webUrl;
  const files = await routeFiles(BASE);
  const { customerDocument } = await import("@/lib/api/customer/openapi");
  const document = customerDocument();
  const { db } = clone.superuser;
  return {
    ...{ clone, document, files },
    system: { db: clone.worker.db, actor: { kind: "system", name: "test" } },
    get: async (address, token, headers) =>
      await askRoute(files, document, `GET ${BASE}${address}`, {
        key: token,
        // Of this machine no failure is counted.
        headers: { "x-forwarded-for": "127.0.0.1", ...headers },
      }),
    customer: async (over) => await db.transaction(async (tx) => await makeCustomer(tx, over)),
    async token({ account }, purpose = "consumption") {
      const secret = `${CUSTOMER_TOKEN_PREFIX}${newToken()}`;
      await db.insert(customerTokens).values({
        ...{ accountId: account.id, purpose, name: "test", secretHash: hashToken(secret) },
      });
      return secret;
    },
    async revoke(secret) {
      await db
        .update(customerTokens)
        .set({ revokedAt: new Date() })
        .where(eq(customerTokens.secretHash, hashToken(secret)));
    },
    async close() {
      const { closeConnections } = await import("@/lib/connections");
      await closeConnections();
      await clone.drop();
    },
  };
}
