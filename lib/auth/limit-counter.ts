import { type SQL, sql } from "drizzle-orm";
import { RateLimiterDrizzle, RateLimiterRes } from "rate-limiter-flexible";
import type { DbOrTx } from "@/db/client";
import { rateLimits } from "@/db/schema";

interface Counted extends Record<string, unknown> {
  points: number;
  /** ms until it is forgotten; null: never. */
  ms_left: number | null;
}

/**
 * Counts in the database, by the database's clock alone: the library's own takes the process's, and one whose clock is
 * hours ahead would forget what others have counted, and count its own for hours too long.
 */
export class LimitCounter extends RateLimiterDrizzle {
  readonly #db: DbOrTx;

  constructor(db: DbOrTx, of: { keyPrefix: string; points: number; duration: number }) {
    // `forget_expired` clears the table.
    super({ ...of, storeClient: db, schema: rateLimits, clearExpiredByTimeout: false });
    this.#db = db;
  }

  /** What the library asks of its store: one more, or the first again once the last has had its time. */
  async _upsert(
    key: string,
    points: number,
    durationMs: number,
    forceExpire = false,
  ): Promise<Counted | undefined> {
    const expire: SQL =
      durationMs > 0
        ? sql`clock_timestamp() + ${durationMs}::float8 * interval '1 millisecond'`
        : sql`null`;
    const over = forceExpire ? sql`true` : sql`rate_limits.expire <= clock_timestamp()`;
    const rows = await this.#db.execute<Counted>(sql`
      insert into rate_limits (key, points, expire) values (${key}, ${points}::int, ${expire})
      on conflict (key) do update set
        points = case when ${over} then excluded.points else rate_limits.points + excluded.points end,
        expire = case when ${over} then excluded.expire else rate_limits.expire end
      returning points, (extract(epoch from expire - clock_timestamp()) * 1000)::float8 as ms_left`);
    return rows[0];
  }

  _getRateLimiterRes(_key: string, changed: number, { points, ms_left }: Counted): RateLimiterRes {
    return new RateLimiterRes(
      Math.max(this.points - points, 0),
      ms_left === null ? -1 : Math.max(ms_left, 0),
      points,
      points === changed,
    );
  }
}
