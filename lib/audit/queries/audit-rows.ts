import { sql } from "drizzle-orm";
import type { DbOrTx } from "@/db/client";

/** Rows read at once. */
const PAGE = 5_000;

/**
 * The rows with an id above `after` and up to `upTo`, in the order of their ids, each as one text in which no
 * change of any column can hide. Read page by page: a million need little memory.
 */
export async function* auditRows(
  db: DbOrTx,
  { after, upTo }: { after: bigint; upTo: bigint },
): AsyncGenerator<{ id: bigint; text: string }> {
  let last = after;
  for (;;) {
    const page = await db.execute<{ id: string; text: string }>(sql`
      select id::text, jsonb_build_array(id, concat(to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'),
          -- What to_char writes like another instant: years before Christ, and infinity.
          case when at < '0001-01-01 00:00+00' or not isfinite(at) then ' ' || at::text end),
        actor_kind, actor_id, action, company_id, subject_kind, subject_id, detail)::text as text
      from audit_log where id > ${String(last)}::bigint and id <= ${String(upTo)}::bigint
      -- Of the table: a bare "id" would be the text above, which puts 10 before 9.
      order by audit_log.id limit ${PAGE}`);
    for (const { id, text } of page) {
      last = BigInt(id);
      yield { id: last, text };
    }
    if (page.length < PAGE) {
      return;
    }
  }
}
