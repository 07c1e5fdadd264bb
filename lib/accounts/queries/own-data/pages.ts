import type { CustomerActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";

export type Ctx = Context<CustomerActor>;
type Tx = TxContext<CustomerActor>;

/**
 * Rows page by page, each page in a transaction of its own with the actor's settings (R28): no connection is
 * held while somebody downloads slowly, and memory stays flat. `read` gives the rows that come after
 * `last`, at most `size`, in the order of a key.
 */
export async function* pages<Row extends Key, Key>(
  ctx: Ctx,
  size: number,
  read: (tx: Tx, last: Key | undefined) => Promise<Row[]>,
): AsyncGenerator<Row> {
  let last: Row | undefined;
  do {
    const page = await inTransaction(ctx, (tx) => read(tx, last));
    yield* page;
    last = page.length < size ? undefined : page.at(-1);
  } while (last !== undefined);
}
