import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import { billRow } from "@/db/seed/example-papers";
import { romeDay } from "@/lib/time";
import { makeJpeg } from "../../factories/photos";
import { readDemoFile } from "../mailbox";
import { OperatorFiles, sportello } from "../operator";
import type { Cookies } from "./actors";
import { ask, baseUrl, plainForm } from "./asking";
import { actionId, signIn, signInWithCode } from "./sign-in";

/** What belongs to the owner, and what staff work on: everything that a request may name. */
export interface World {
  company: string;
  email: string;
  contractId: string;
  /** A contract without a direct debit, and its company. */
  bareContractId: string;
  bareCompany: string;
  /** A bill that was mailed, and the key of its mail. */
  billId: string;
  mailKey: string;
  /** A bill with a PDF. */
  pdfBillId: string;
  exportId: string;
  /** An import that has ended. */
  importId: string;
  /** A frozen run with an address of its own. */
  run: string;
  /** The owner's account, one of its sessions, its data to be downloaded, a contract that may be removed. */
  accountId: string;
  sessionId: string;
  ownDataId: string;
  spareContractId: string;
  /** An account that staff may work on without harm, and its contract. */
  spareAccountId: string;
  spareAccountContractId: string;
  /** A registration that waits for its confirmation, and its address. */
  attemptId: string;
  attemptEmail: string;
  /** A release of the owner's contracts that the operator began. */
  releaseId: string;
  /** A self-reading of the owner's that waits to be judged. */
  receiptCode: string;
  /** A complaint of the owner's. */
  caseId: string;
  /** A colleague whom admins may work on. */
  staffId: string;
  staffEmail: string;
  /** Words that no stranger's answer may hold. */
  secrets: string[];
}

type Person = ReturnType<typeof readDemoFile>["customers"][number];

/** The last customers of the demo: other journeys use the first. */
function people(): { owner: Person; other: Person } {
  const [owner, other] = readDemoFile().customers.slice(-2);
  if (!owner || !other) {
    throw new Error("the demo has too few customers");
  }
  return { owner, other };
}

/** Makes the world by the operator's command where there is one: a bill, its mail, a run, a list, a suspension. */
export async function makeWorld(sql: Sql): Promise<World> {
  const { email } = people().owner;
  const [contract] = await sql`
    select c.id, c.company_id, c.contract_number, co.slug, h.id as holder_id
    from accounts a join holders h on h.id = a.holder_id
    join contract_links l on l.account_id = a.id and l.ended_at is null
    join contracts c on c.company_id = l.company_id and c.id = l.contract_id
    join companies co on co.id = c.company_id
    where a.email = ${email} and c.commodity = 'electricity' limit 1`;
  const { company_id: companyId, slug: company } = contract ?? {};
  const contractNumber = String(contract?.contract_number);
  const files = new OperatorFiles();
  const number = `MATRICE-${Date.now()}`;
  await lift(sql, email);
  // By now, so that it holds against what an earlier run of these tests chose in the portal.
  await sql`insert into delivery_choices (company_id, contract_id, mode, email, origin)
    values (${companyId}, ${contract?.id}, 'electronic', ${email}, 'import')`;
  const bill = billRow({ number, contractNumber, issued: romeDay(new Date()) });
  await sportello(
    ...["import", "bills", files.csv("bill.csv", [bill]), "--company", company, "--single"],
  );
  const mail = await until(
    () => sql`
      select d.id as bill, m.batch_id from documents d
      join dispatches s on s.company_id = d.company_id and s.document_id = d.id
      join dispatch_mails m on m.company_id = s.company_id and m.document_id = s.document_id
      where d.bill_number = ${number} and s.state = 'delivered'`,
  );
  const [withPdf] = await sql`select id from documents where holder_id = ${contract?.holder_id}
    and storage_key is not null and published_at is not null and withdrawn_at is null limit 1`;
  const [bare] = await sql`
    update mandates m set status = 'revoked', until = current_date - 1
    from companies co where co.id = m.company_id and m.id = (
      select m.id from mandates m
      join contracts c on c.company_id = m.company_id and c.id = m.contract_id
      where m.holder_id = ${contract?.holder_id} and m.status = 'active' and c.ends_on is null
        and c.id <> ${contract?.id} order by c.contract_number limit 1)
    returning m.contract_id, co.slug`;
  const run = `matrice-${Date.now()}`;
  await sql`insert into invoicing_runs (company_id, name, cut_off_at, state, frozen_at)
    values (${companyId}, ${run}, now() - interval '1 hour', 'frozen', now())`;
  const [list] = await sql`insert into mail_room_exports (company_id, person)
    values (${companyId}, 'shell:matrice') returning id`;
  const [imported] = await sql`insert into imports
      (company_id, kind, state, file_name, imported_by, finished_at)
    values (${companyId}, 'contracts', 'done', 'matrice.csv', 'shell:matrice', now()) returning id`;
  await sql`insert into address_suspensions (email, reason) values (${email}, 'hard_bounce')`;
  const access = await makeAccess(sql, {
    email,
    companyId,
    contractId: contract?.id,
    holderId: contract?.holder_id,
  });
  return {
    ...access,
    company,
    email,
    contractId: contract?.id,
    bareContractId: bare?.contract_id,
    bareCompany: bare?.slug,
    billId: mail.bill,
    mailKey: `${mail.bill}/${mail.batch_id}`,
    pdfBillId: withPdf?.id,
    exportId: list?.id,
    importId: imported?.id,
    run,
    secrets: await secretsOf(sql, email),
  };
}

/** What is asked for of accounts, their access, and those who work on them. */
async function makeAccess(
  sql: Sql,
  owner: { email: string; companyId: number; contractId: string; holderId: string },
) {
  const { companyId, contractId } = owner;
  const short = `matrice-${randomUUID().slice(0, 8)}`;
  const copyContract = async (holderId: string, accountId: string): Promise<string> => {
    const [made] = await sql`
      insert into contracts (company_id, contract_number, customer_code, holder_id, commodity, supply_point,
        supply_address, billing_address, product, starts_on, held_since)
      select company_id, ${`${short}-${randomUUID().slice(0, 8)}`}, customer_code, ${holderId}, commodity,
        supply_point, supply_address, billing_address, product, starts_on, held_since
      from contracts where id = ${contractId} returning id`;
    await sql`insert into contract_links (company_id, contract_id, account_id)
      values (${companyId}, ${made?.id}, ${accountId})`;
    return made?.id;
  };
  const [account] = await sql`select id from accounts where email = ${owner.email}`;
  const [session] = await sql`insert into sessions (token_hash, account_id, expires_at)
    values (${randomBytes(32)}, ${account?.id}, now() + interval '1 hour') returning id`;
  const [ownData] = await sql`insert into data_exports (account_id, expires_at)
    values (${account?.id}, now() + interval '1 hour') returning id`;
  const [holder] = await sql`insert into holders (tax_id, name)
    values (${short}, 'Prova Matrice') returning id`;
  const [spare] = await sql`insert into accounts (holder_id, email, language, password_hash)
    values (${holder?.id}, ${`${short}@posta.example`}, 'it', '$argon2id$none') returning id`;
  const attemptEmail = `attesa-${short}@posta.example`;
  const [attempt] = await sql`
    insert into signup_attempts (company_id, tax_id, customer_code, bill_number, email, password_hash,
      language, outcome, decided_at)
    values (${companyId}, ${short}, ${short}, ${short}, ${attemptEmail}, '$argon2id$none', 'it', 'confirm', now())
    returning id`;
  const [release] = await sql`
    insert into contract_releases (account_id, company_id, contract_id, reason, code_hash, started_by, expires_at)
    select ${account?.id}, ${companyId}, ${contractId}, 'Prova della matrice', ${randomBytes(32)}, id,
      now() + interval '1 day'
    from staff where role = 'operator' order by created_at limit 1 returning id`;
  const receiptCode = `AL-${short.slice(8, 13).toUpperCase()}-00000`;
  await sql`
    insert into self_readings (company_id, contract_id, account_id, contract_number, commodity, read_on,
      count_thousandths, receipt_code)
    select company_id, id, ${account?.id}, contract_number, commodity, current_date, 1000, ${receiptCode}
    from contracts where id = ${contractId}`;
  const [complaint] = await sql`
    insert into support_cases (company_id, kind, case_code, language, account_id, contract_id, name, email,
      commodity, message)
    values (${companyId}, 'complaint', ${short}, 'it', ${account?.id}, ${contractId}, 'Prova Matrice',
      ${owner.email}, 'electricity', 'Prova della matrice') returning id`;
  const staffEmail = `${short}@personale.example`;
  const [colleague] = await sql`insert into staff (email, name, role)
    values (${staffEmail}, 'Prova Matrice', 'support') returning id`;
  return {
    accountId: account?.id,
    sessionId: session?.id,
    ownDataId: ownData?.id,
    spareContractId: await copyContract(owner.holderId, account?.id),
    spareAccountId: spare?.id,
    spareAccountContractId: await copyContract(holder?.id, spare?.id),
    attemptId: attempt?.id,
    attemptEmail,
    releaseId: release?.id,
    receiptCode,
    caseId: complaint?.id,
    staffId: colleague?.id,
    staffEmail,
  };
}

/** Name, address, tax ids, numbers of contracts, supply points and bills of the owner. */
async function secretsOf(sql: Sql, email: string): Promise<string[]> {
  const rows = await sql<{ secret: string }[]>`
    with owner as (select a.email, h.* from accounts a join holders h on h.id = a.holder_id
      where a.email = ${email})
    select email as secret from owner
    union select name from owner
    union select tax_id from owner
    union select vat_number from owner
    union select contract_number from contracts where holder_id = (select id from owner)
    union select supply_point from contracts where holder_id = (select id from owner)
    union select bill_number from documents where holder_id = (select id from owner)`;
  return rows.map(({ secret }) => secret).filter(Boolean);
}

async function until<Row>(read: () => PromiseLike<Row[]>): Promise<Row> {
  for (const deadline = Date.now() + 45_000; ; ) {
    const [row] = await read();
    if (row) {
      return row;
    }
    if (Date.now() > deadline) {
      throw new Error("the owner's bill was not delivered");
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Leaves the demo as journeys expect it: nobody suspended, no run waiting, the direct debit as before. */
export async function tidyUp(sql: Sql, world: World): Promise<void> {
  const { run, email, bareContractId, exportId } = world;
  await sql`update mandates set status = 'active', until = null where contract_id = ${bareContractId}`;
  await sql`delete from mandate_requests where contract_id = ${bareContractId}`;
  await sql`update invoicing_runs set state = 'cancelled', cancelled_at = now(),
    cancel_reason = 'matrice' where name = ${run}`;
  await sql`delete from mail_room_exports where id = ${exportId}`;
  await sql`update contract_links set ended_at = now(), ended_because = 'removed'
    where contract_id in (${world.spareContractId}, ${world.spareAccountContractId}) and ended_at is null`;
  await sql`update contract_releases set finished_at = now(), outcome = 'cancelled'
    where finished_at is null and account_id in (${world.accountId}, ${world.spareAccountId})`;
  await sql`delete from self_reading_photos p using self_readings r
    where r.id = p.reading_id and r.receipt_code = ${world.receiptCode}`;
  await sql`delete from self_readings where receipt_code = ${world.receiptCode}`;
  await sql`delete from support_cases where id = ${world.caseId}`;
  await sql`update staff set disabled_at = coalesce(disabled_at, now()) where id = ${world.staffId}`;
  await lift(sql, email);
}

const lift = (sql: Sql, email: string) => sql`
  update address_suspensions set lifted_at = now() where email = ${email} and lifted_at is null`;

const keyOf = (cookie: string) => /sportello\.session=([^;]+)/.exec(cookie)?.[1] ?? "";
const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** Another session of whoever holds the cookie, to be ended without harm; a cookie of nobody's stays as it is. */
export async function spareSession(sql: Sql, cookie: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  const made = await sql`
    insert into sessions (token_hash, account_id, staff_id, expires_at)
    select ${sha256(token)}, account_id, staff_id, expires_at from sessions
    where token_hash = ${sha256(keyOf(cookie))} and ended_at is null returning id`;
  return made.length > 0 ? `sportello.session=${token}` : cookie;
}

/** Signs everybody in who can; ends one session and deletes one account as their owners would. */
export async function makeCookies(sql: Sql): Promise<Cookies> {
  const { owner, other } = people();
  const asStaff = async (role: string) => {
    const member = readDemoFile().staff.find((one) => one.role === role);
    if (!member) {
      throw new Error(`the demo has nobody who is ${role}`);
    }
    return await signInWithCode((await signIn("/staff/login", member)).cookie, member.totpSecret);
  };
  const ofOwner = (await signIn("/login", owner)).cookie;
  const signedOut = await spareSession(sql, ofOwner);
  await post("/profile", signedOut, plainForm(actionId("signOutAction"), {}, true), "/login");
  return {
    anonymous: "",
    owner: ofOwner,
    other: (await signIn("/login", other)).cookie,
    support: await asStaff("support"),
    operator: await asStaff("operator"),
    admin: await asStaff("admin"),
    deleted: await deletedAccount(sql, owner),
    "signed out": signedOut,
    garbage: `sportello.session=${randomBytes(32).toString("base64url")}`,
  };
}

/** The owner's photo of their meter, sent as its form does. */
export async function sendPhoto({ receiptCode }: World, cookie: string): Promise<void> {
  const form = new FormData();
  form.append("photo", new Blob([new Uint8Array(makeJpeg())], { type: "image/jpeg" }), "IMG_1.jpg");
  const page = `/consumption/self-reading/${receiptCode}`;
  await post(`${page}/photo`, cookie, form, `${page}?photo=added#photo`);
}

/** An account with the same password as a customer's, signed in and then deleted by its owner. */
async function deletedAccount(sql: Sql, { email, password }: Person): Promise<string> {
  const short = `cancellanda-${randomUUID().slice(0, 8)}`;
  const [holder] = await sql`insert into holders (tax_id, name)
    values (${short}, 'Prova Cancellanda') returning id`;
  await sql`insert into accounts (holder_id, email, language, password_hash)
    select ${holder?.id}, ${`${short}@posta.example`}, 'it', password_hash
    from accounts where email = ${email}`;
  const { cookie } = await signIn("/login", { email: `${short}@posta.example`, password });
  const form = plainForm(actionId("deleteAccountAction"), { password, confirm: "yes" }, false);
  await post("/profile", cookie, form, "/account-deleted");
  return cookie;
}

async function post(path: string, cookie: string, body: FormData, leadsTo: string) {
  const headers = { origin: new URL(baseUrl()).origin };
  const answer = await ask(path, { method: "POST", cookie, headers, body });
  if (answer.headers.get("location") !== leadsTo) {
    throw new Error(`${path} led to ${answer.headers.get("location")}, not to ${leadsTo}`);
  }
}
