import { findOrSeedBenchWorld } from "@/db/seed/bench-world";
import { buildAppCopy } from "./app-copy";
import { type BenchDatabase, benchDatabase } from "./database";
import { type Row, rowOf } from "./report";
import { cookieOf, type Page, type Server, sample, serve } from "./server";
import { countStatements, type StatementCounter } from "./statements";

const MANY = 500;

/**
 * "Modalità invio bollette" of a holder with 500 contracts against that of one with a single
 * contract: the same number of statements (the session's included), and for information the CPU of
 * the web process per request.
 */
export async function benchPanel(quick: boolean): Promise<Row[]> {
  const database = await benchDatabase();
  let server: Server | undefined;
  let counter: StatementCounter | undefined;
  try {
    const world = await findOrSeedBenchWorld(database.worker, {
      contracts: 1_000,
      withChoices: true,
    });
    const [single = ""] = world.emails;
    const many = await holderOfMany(database, world.companyId, single);
    await endMandateOf(database, single);
    counter = await countStatements(process.env.DATABASE_URL ?? "");
    server = await serve(buildAppCopy(), { DATABASE_URL: counter.url });
    const url = `${server.url}/delivery`;
    const ours = { url, cookie: await cookieOf(database, many) };
    const limit = { url, cookie: await cookieOf(database, single) };
    await sample(server.pid, ours, 50);
    await sample(server.pid, limit, 50);
    const statements: { ours: number; limit: number }[] = [];
    const cpu: { ours: number; limit: number }[] = [];
    for (let round = 0; round < (quick ? 2 : 5); round += 1) {
      statements.push({
        ours: await statementsOf(counter, ours),
        limit: await statementsOf(counter, limit),
      });
      cpu.push({
        ours: (await sample(server.pid, ours, quick ? 50 : 200)).cpuMs,
        limit: (await sample(server.pid, limit, quick ? 50 : 200)).cpuMs,
      });
    }
    return [
      rowOf(`panel: statements, ${MANY} contracts against 1`, "", statements),
      rowOf(`panel: CPU, ${MANY} contracts against 1`, "ms", cpu),
    ];
  } finally {
    server?.stop();
    counter?.close();
    await database.release();
  }
}

/** R14's banner looks further only where a mandate has an end: one of the 500 does, so this one must. */
async function endMandateOf({ worker }: BenchDatabase, email: string): Promise<void> {
  await worker.sql`update mandates m set until = '2099-12-31'
    from contract_links l join accounts a on a.id = l.account_id
    where a.email = ${email} and m.company_id = l.company_id and m.contract_id = l.contract_id
      and m.until is null`;
}

async function statementsOf(counter: StatementCounter, { url, cookie }: Page): Promise<number> {
  counter.take();
  const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
  await answer.arrayBuffer();
  if (answer.status !== 200) {
    throw new Error(`${url} answered ${answer.status}`);
  }
  return counter.take();
}

/** A login whose holder has so many contracts, with the mandates and choices of the world's others. */
async function holderOfMany(
  { worker, owner }: BenchDatabase,
  companyId: number,
  like: string,
): Promise<string> {
  const email = `bench-${companyId}-many@posta.example`;
  const [known] = await worker.sql`select from accounts where email = ${email}`;
  if (known) {
    return email;
  }
  await worker.sql.begin(async (sql) => {
    const [account] = await sql<{ id: string; holder_id: string }[]>`
      with holder as (
        insert into holders (tax_id, name, language)
        values (${`BENCH-MANY-${companyId}`}, 'Bench Many', 'it') returning id)
      insert into accounts (holder_id, email, password_hash, language)
      select holder.id, ${email}, a.password_hash, 'it' from holder, accounts a
      where a.email = ${like} returning id, holder_id`;
    const { id, holder_id: holder } = account ?? { id: "", holder_id: "" };
    await sql`create temp table bench_many on commit drop as
      select c.*, uuidv7() as new_id from contracts c where c.company_id = ${companyId}
      order by c.contract_number limit ${MANY}`;
    await sql`insert into contracts (company_id, id, contract_number, customer_code, holder_id,
        commodity, supply_point, supply_address, billing_address, product, starts_on, held_since)
      select company_id, new_id, 'M-' || contract_number, customer_code, ${holder}, commodity,
        supply_point, supply_address, billing_address, product, starts_on, held_since
      from bench_many`;
    await sql`insert into contract_links (company_id, contract_id, account_id)
      select company_id, new_id, ${id} from bench_many`;
    await sql`insert into mandates (company_id, contract_id, holder_id, reference, iban, debtor,
        creditor_id, status, since, until)
      select m.company_id, b.new_id, ${holder}, m.reference, m.iban, m.debtor, m.creditor_id,
        m.status, m.since, m.until
      from bench_many b join mandates m on m.company_id = b.company_id and m.contract_id = b.id`;
    await sql`insert into delivery_choices (company_id, contract_id, account_id, mode,
        notice_version, origin, chosen_at)
      select d.company_id, b.new_id, ${id}, d.mode, coalesce(d.notice_version, '1'), 'customer',
        d.chosen_at
      from bench_many b
      join delivery_choices d on d.company_id = b.company_id and d.contract_id = b.id`;
  });
  await owner.sql`vacuum analyze`;
  return email;
}
