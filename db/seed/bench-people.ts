import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { TransactionSql } from "postgres";
import { codiceFiscale, iban } from "./identifiers";

/**
 * Makes the temporary table `bench`, one row for each contract, `logins` of ten with an e-mail.
 * What SQL cannot make – identifiers with check characters – goes in by COPY; the tables themselves
 * take none, since row-level security guards them from every role. Each tenth holder has two
 * contracts.
 */
export async function copyBenchPeople(
  sql: TransactionSql,
  contracts: number,
  logins: number,
): Promise<void> {
  await sql`create temp table bench (
    n int primary key, holder_id uuid, contract_id uuid not null default uuidv7(), tax_id text,
    contract_number text, customer_code text, supply_point text, iban text, email text)
    on commit drop`;
  const [known] = await sql<{ contracts: number }[]>`
    select count(*)::int as contracts from contracts`;
  const copy = await sql`copy bench (n, tax_id, contract_number, customer_code, supply_point, iban)
    from stdin`.writable();
  const from = known?.contracts ?? 0;
  await pipeline(Readable.from(rows(contracts, from)), copy);
  await sql`update bench set
      holder_id = case when n % 10 <> 9 then uuidv7() end,
      email = case when n % 10 < ${logins} then 'bench-' || ${from}::int + n || '@posta.example' end`;
  await sql`analyze bench`;
}

function* rows(contracts: number, offset: number): Generator<string> {
  for (let n = 0; n < contracts; n += 1) {
    const serial = offset + n;
    const columns = [
      n,
      codiceFiscale(nobody(serial)),
      `B-${String(1_000_000 + n)}`,
      String(800_000_000 + n),
      `IT999E${String(50_000_000 + n)}`,
      iban(serial),
    ];
    yield `${columns.join("\t")}\n`;
  }
}

/** A person whose codice fiscale no other serial number has: six letters of its own. */
function nobody(serial: number) {
  const letters = "BCDFGHLMNPRSTVZ";
  let rest = serial;
  let name = "";
  for (let at = 0; at < 6; at += 1) {
    name += letters.charAt(rest % letters.length);
    rest = Math.floor(rest / letters.length);
  }
  const sex = serial % 2 === 0 ? ("f" as const) : ("m" as const);
  return { family: name.slice(0, 3), given: name.slice(3), sex, born: "1980-06-15" };
}
