import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readClusterFile } from "@/db/embedded/cluster-file";
import { removeEmbedded } from "@/db/embedded/launcher";
import type { DemoWorld } from "@/db/seed/demo-world";
import { taxIdChecksumHolds } from "@/lib/accounts/tax-id";
import { type DemoProcess, endAll, freePort, isListening, startDemo, within } from "./demo-process";

/** Kept for the browser's journeys where it is named. */
const handedOn = process.env.SPORTELLO_TEST_WORLD;
const data = path.resolve(handedOn || `.sportello-test/demo-${randomBytes(4).toString("hex")}`);
const elsewhere = `${data}-elsewhere`;
let port = 0;
let otherPort = 0;
let demo: DemoProcess;

beforeAll(async () => {
  await removeData();
  port = await freePort();
  otherPort = await freePort();
});

afterAll(async () => {
  await endAll();
  if (!handedOn) {
    await removeData();
  }
});

async function removeData(): Promise<void> {
  await removeEmbedded(data);
  await rm(data, { recursive: true, force: true });
}

interface DemoFile extends DemoWorld {
  url: string;
  mailboxUrl: string;
}

const demoFile = async () =>
  JSON.parse(await readFile(path.join(data, "demo.json"), "utf8")) as DemoFile;

const status = async (url: string) => (await fetch(url)).status;

async function inDatabase<T>(question: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const cluster = await readClusterFile(data);
  const sql = postgres({
    host: "127.0.0.1",
    port: cluster?.port,
    user: "sportello_worker",
    password: cluster?.passwords.worker,
    database: "sportello",
    max: 1,
    connect_timeout: 3,
  });
  try {
    return await question(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const databaseIsUp = () =>
  inDatabase((sql) => sql`select 1`).then(
    () => true,
    () => false,
  );

describe("npm run demo", () => {
  test("an interrupted first start leaves nothing that counts as ready", async () => {
    const interrupted = startDemo({ data, port });
    await interrupted.says("Making the demo's world");
    await sleep(4_000);
    interrupted.signal("SIGKILL", "group");
    await interrupted.ended;
    expect(existsSync(path.join(data, "demo.json"))).toBe(false);
    const [row] = await inDatabase((sql) => sql`select count(*)::int as companies from companies`);
    expect(row?.companies).toBe(0);
  });

  test("starts over, says where it is, and serves", async () => {
    demo = startDemo({ data, port });
    await demo.says("Mailbox: http");
    expect(demo.output()).toContain(`Sportello ready: http://localhost:${port}\n`);
    expect(await status(`http://localhost:${port}/`)).toBe(200);
    expect(await status(`http://localhost:${port}/login`)).toBe(200);
    expect(await status(`http://localhost:${port}/en/login`)).toBe(200);
    const { mailboxUrl } = await demoFile();
    expect(await status(mailboxUrl)).toBe(200);
    expect(
      await (await fetch(`${mailboxUrl}/api/messages?to=nobody@posta.example`)).json(),
    ).toEqual([]);
  });

  test("demo.json names logins, who can register, staff and companies", async () => {
    const { url, customers, unregistered, staff, companies } = await demoFile();
    expect((await stat(path.join(data, "demo.json"))).mode & 0o777).toBe(0o600);
    expect(url).toBe(`http://localhost:${port}`);
    expect(companies).toEqual(["valfiorita-energia", "valfiorita-calore", "valfiorita-acque"]);
    expect(customers.length).toBeGreaterThan(3);
    expect(staff.map(({ role }) => role).sort()).toEqual(["admin", "operator", "support"]);
    expect(staff.every(({ totpSecret }) => /^[A-Z2-7]{32}$/.test(totpSecret))).toBe(true);
    expect(unregistered.filter(({ mandate }) => mandate).length).toBeGreaterThanOrEqual(3);
    expect(unregistered.filter(({ mandate }) => !mandate).length).toBeGreaterThanOrEqual(1);
    await inDatabase(async (sql) => {
      for (const { contracts, email, password } of customers) {
        expect(demo.output()).toContain(email);
        expect(demo.output()).toContain(password);
        const [first] = await sql`select commodity from contracts
          where contract_number = ${contracts[0] ?? ""}`;
        expect(first?.commodity).toBe("electricity");
      }
      for (const entry of unregistered) {
        expect(taxIdChecksumHolds(entry.taxId)).toBe(true);
        const [found] = await sql`
          select exists (select from mandates m join contracts o
              on o.company_id = m.company_id and o.id = m.contract_id
              where o.company_id = c.company_id and o.holder_id = c.holder_id
                and m.status = 'active') as mandate
          from contracts c join companies co on co.id = c.company_id and co.slug = ${entry.company}
          join holders h on h.id = c.holder_id and h.tax_id = ${entry.taxId}
          join documents d on d.company_id = c.company_id and d.contract_id = c.id
            and d.bill_number = ${entry.billNumber}
          where c.customer_code = ${entry.customerCode}
            and not exists (select from contract_links l where l.contract_id = c.id)`;
        expect(found?.mandate).toBe(entry.mandate);
      }
    });
  });

  test("has two years of bills with PDFs and lines, and three years of quarter-hours", async () => {
    await inDatabase(async (sql) => {
      const [bills] = await sql`select count(*)::int as all, count(storage_key)::int as printed,
          max(issue_date) - min(issue_date) as days
        from documents where origin = 'archive' and published_at is not null`;
      expect(bills?.all).toBeGreaterThan(800);
      expect(bills?.printed).toBe(bills?.all);
      expect(bills?.days).toBeGreaterThan(690);
      const [wrong] = await sql`select count(*)::int as sums from (
          select d.id from documents d
          left join bill_lines l on l.company_id = d.company_id and l.contract_id = d.contract_id
            and l.document_id = d.id
          group by d.id, d.total_cents
          having sum(l.amount_cents) is distinct from d.total_cents) wrong`;
      expect(wrong?.sums).toBe(0);
      const lengths = await sql`select cardinality(intervals) as quarters,
          count(distinct local_day)::int as days
        from load_profiles where interval_minutes = 15 group by 1 order by 1`;
      expect(lengths.map(({ quarters }) => quarters)).toEqual([92, 96, 100]);
      expect(lengths[0]?.days).toBe(3);
      expect(lengths[1]?.days).toBeGreaterThan(1080);
      const [odd] = await sql`select
          count(*) filter (where missing > 0)::int as gaps,
          count(*) filter (where estimated > 0)::int as estimates,
          count(*) filter (where direction = 'injection')::int as injection
        from daily_consumption`;
      expect(Math.min(odd?.gaps, odd?.estimates, odd?.injection)).toBeGreaterThan(0);
    });
  });

  test("a second demo with the same data shares database and mailbox", async () => {
    const { mailboxUrl } = await demoFile();
    const second = startDemo({ data, port: otherPort });
    await second.says("Mailbox: http");
    expect(second.output()).toContain(`Mailbox: ${mailboxUrl}\n`);
    expect(await status(`http://localhost:${port}/login`)).toBe(200);
    expect(await status(`http://localhost:${otherPort}/login`)).toBe(200);
    // The first goes, as with Ctrl-C at its terminal; the second keeps what they shared.
    demo.signal("SIGINT", "group");
    expect(await within(10, async () => !(await isListening(port)))).toBe(true);
    expect(await within(10, async () => (await status(mailboxUrl).catch(() => 0)) === 200)).toBe(
      true,
    );
    expect(await status(`http://localhost:${otherPort}/login`)).toBe(200);
    expect((await demoFile()).url).toBe(`http://localhost:${otherPort}`);
    demo = second;
  });

  test("a port that is taken gives one sentence and exit 1, and nothing is started", async () => {
    const refused = startDemo({ data: elsewhere, port: otherPort });
    expect(await refused.ended).toBe(1);
    const said = refused
      .output()
      .split("\n")
      .filter((line) => line.includes("Port "));
    expect(said).toEqual([
      `Port ${otherPort} is taken by another program; end it or choose another, for example PORT=${otherPort + 1}.`,
    ]);
    expect(existsSync(elsewhere)).toBe(false);
  });

  test("after kill -9 nothing of it is left at the port, and the next start goes on", async () => {
    await inDatabase(
      (sql) => sql`insert into audit_log (actor_kind, action, subject_kind)
        values ('system', 'survived', 'test')`,
    );
    const [note = ""] = await readdir(path.join(data, "running"));
    process.kill(Number.parseInt(note, 10), "SIGKILL");
    expect(await within(10, async () => !(await isListening(otherPort)))).toBe(true);
    const before = Date.now();
    demo = startDemo({ data, port: otherPort });
    await demo.says("Sportello ready");
    expect(demo.output()).toContain("unchanged since last time");
    expect(Date.now() - before).toBeLessThan(20_000);
    const [kept] = await inDatabase(
      (sql) => sql`select count(*)::int as rows from audit_log where action = 'survived'`,
    );
    expect(kept?.rows).toBe(1);
  });

  test("a SIGTERM to npm ends web server, worker, mailbox and database within 10 s", async () => {
    const { mailboxUrl } = await demoFile();
    const mailboxPort = Number(new URL(mailboxUrl).port);
    demo.signal("SIGTERM", "npm");
    expect(
      await within(
        10,
        async () =>
          !(await isListening(otherPort)) &&
          !(await isListening(mailboxPort)) &&
          !(await databaseIsUp()),
      ),
    ).toBe(true);
    const notes = () => readdir(path.join(data, "running"));
    expect(await within(5, async () => (await notes()).length === 0)).toBe(true);
  });
});
