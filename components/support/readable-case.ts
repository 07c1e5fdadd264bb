import { notFound } from "next/navigation";
import { cache } from "react";
import { requireCustomer } from "@/lib/auth/current";
import { receiptReader } from "@/lib/auth/receipt";
import { findCase } from "@/lib/support/queries/cases";

/**
 * A complaint or question for the browser that sent it within the hour, or for the account it belongs to; anybody
 * else signs in first, and another's is not found (R28).
 */
export const readableCase = cache(async (id: string) => {
  const reader = await receiptReader();
  const held = reader && (await findCase(reader, id));
  if (held) {
    return { found: held, held: true };
  }
  const found = await findCase(await requireCustomer(`/receipt/${id}`), id);
  return found ? { found, held: false } : notFound();
});
