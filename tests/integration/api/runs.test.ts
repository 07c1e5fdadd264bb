import { readFile } from "node:fs/promises";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditLog, companies, dispatches, documents } from "@/db/schema";
import { runUpload } from "@/lib/imports/commands/run-uploads";
import { cancelRun } from "@/lib/runs/commands/cancel-run";
import { openRun } from "@/lib/runs/commands/open-run";
import { billsFile } from "../../factories/import-files";
import { makeCustomer } from "../../factories/people";
import { type ApiServer, apiServer } from "./api-server";

let api: ApiServer;
let key: string;

beforeAll(async () => {
  api = await apiServer();
  key = await api.key(["imports:write", "imports:read", "runs:write", "runs:read"]);
});
afterAll(async () => {
  await api.close();
});

const PAST = new Date("2026-05-15T16:00:00Z");
const post = (address: string, by = key) => api.ask("POST", address, { key: by });
const get = (address: string, by = key) => api.ask("GET", address, { key: by });

/** A company with one contract and a run. */
async function companyWithRun(cutOffAt = PAST) {
  const { company } = await api.clone.superuser.db.transaction((db) =>
    makeCustomer(db, { contract: { contractNumber: "C-1" } }),
  );
  const opened = await openRun(api.ctx, { company: company.slug, cutOffAt, name: "2026-05" });
  expect(opened.ok).toBe(true);
  return { company, at: `/api/v1/runs/${company.slug}/2026-05` };
}

async function load(slug: string, more: Record<string, string> = {}): Promise<string> {
  const accepted = await api.ask(
    "POST",
    `/api/v1/imports/bills?company=${slug}&target=run&run=2026-05`,
    {
      key,
      body: await readFile(await billsFile(more)),
      headers: { "content-type": "text/csv" },
    },
  );
  expect(accepted.status, accepted.text).toBe(202);
  await runUpload(api.ctx, accepted.json.id);
  return accepted.json.id;
}

describe("/api/v1/runs", () => {
  test("R12 R15 a run from its freeze to its close, with the plan in between", async () => {
    const { company, at } = await companyWithRun();
    expect((await get(`/api/v1/runs?company=${company.slug}`)).json.runs).toMatchObject([
      { name: "2026-05", state: "scheduled", cutOffAt: PAST.toISOString() },
    ]);
    expect((await get(`${at}/plan`)).json).toMatchObject({ status: 409, reason: "not_frozen" });
    const early = await post(`${at}/publish`);
    expect(early.json).toMatchObject({ status: 409, code: "not_possible", reason: "not_frozen" });
    expect(early.json.detail).toContain("2026-05");
    const frozen = await post(`${at}/freeze`);
    expect(frozen.json).toMatchObject({ electronic: 0, paper: 1, already: false });
    expect((await post(`${at}/freeze`)).json).toMatchObject({ paper: 1, already: true });
    const plan = await get(`${at}/plan`);
    expect(plan.headers.get("content-disposition")).toContain("2026-05-plan.csv");
    expect(plan.text).toBe(
      "contract_number;mode;email;reason;discount_eur;discount_basis\nC-1;paper;;no_choice;0,00;\n",
    );
    const reasons = await Promise.all(
      ["publish", "approve", "close"].map(
        async (step) => (await post(`${at}/${step}`)).json.reason,
      ),
    );
    expect(reasons).toEqual(["no_documents", "no_documents", "not_published"]);
    await load(company.slug);
    const published = await post(`${at}/publish`);
    expect(published.json).toMatchObject({
      run: { state: "published", company: company.slug },
      ...{ documents: 1, electronic: 0, paper: 1, already: false },
    });
    expect((await post(`${at}/publish`)).json.already).toBe(true);
    expect((await post(`${at}/approve`)).json.reason).toBe("already_published");
    const status = (await get(`/api/v1/runs/${company.slug}/${published.json.run.id}`)).json;
    expect(status).toMatchObject({
      documents: { imported: 1, published: 1 },
      plan: { electronic: 0, paper: 1 },
      dispatches: { paper: 1 },
    });
    expect((await post(`${at}/close`)).json).toMatchObject({ run: { state: "closed" } });
    expect((await post(`${at}/close`)).json.already).toBe(true);
    const actors = await api.clone.superuser.db
      .select({ action: auditLog.action, actorId: auditLog.actorId })
      .from(auditLog)
      .where(
        sql`company_id = ${company.id} and action in ('froze_run', 'published_run', 'closed_run')`,
      );
    expect(actors).toHaveLength(3);
    expect(actors.every(({ actorId }) => /^api key test \d+$/.test(actorId ?? ""))).toBe(true);
  });

  test("R12 not before the cut-off, and not once it is cancelled", async () => {
    const { company, at } = await companyWithRun(new Date(Date.now() + 86_400_000));
    expect((await post(`${at}/freeze`)).json).toMatchObject({
      status: 409,
      reason: "before_cut_off",
    });
    await cancelRun(api.ctx, { company: company.slug, run: "2026-05", reason: "a test" });
    for (const step of ["freeze", "publish", "approve", "close"]) {
      expect((await post(`${at}/${step}`)).json).toMatchObject({
        status: 409,
        reason: "cancelled",
      });
    }
  });

  test("a large run takes the approval of another key than the one that publishes", async () => {
    const { company, at } = await companyWithRun();
    await api.clone.superuser.db
      .update(companies)
      .set({ approvalAbove: 0 })
      .where(eq(companies.id, company.id));
    await post(`${at}/freeze`);
    await load(company.slug);
    expect((await post(`${at}/publish`)).json.reason).toBe("approval_needed");
    expect((await post(`${at}/approve`)).json).toMatchObject({ documents: 1, needed: true });
    expect((await post(`${at}/publish`)).json.reason).toBe("approval_needed");
    const other = await api.key(["runs:write"]);
    expect((await post(`${at}/approve`, other)).json.already).toBe(false);
    const status = (await get(at)).json;
    expect(status.approval.given).toHaveLength(2);
    expect(status.approval.given[0].person).toMatch(/^shell:api key test/);
    expect((await post(`${at}/publish`)).status).toBe(200);
  });

  test("bills of a run are taken back as long as it is not published", async () => {
    const { company, at } = await companyWithRun();
    await post(`${at}/freeze`);
    const first = await load(company.slug);
    const ofCompany = eq(documents.companyId, company.id);
    expect((await post(`/api/v1/imports/${first}/revert`)).json).toEqual({
      removed: 1,
      restored: 0,
    });
    expect(await api.clone.superuser.db.$count(documents, ofCompany)).toBe(0);
    expect((await post(`/api/v1/imports/${first}/revert`)).json.reason).toBe("reverted");
    const second = await load(company.slug);
    await post(`${at}/publish`);
    expect((await post(`/api/v1/imports/${second}/revert`)).json.reason).toBe("published");
    expect(await api.clone.superuser.db.$count(documents, ofCompany)).toBe(1);
  });

  test("R28 another company's run is not there, whatever is asked of it, and nothing happens", async () => {
    const [mine, other] = [await companyWithRun(), await companyWithRun()];
    const own = await api.key(["runs:write", "runs:read"], mine.company.id);
    for (const at of [other.at, other.at.replace(other.company.slug, "no-such"), `${mine.at}9`]) {
      for (const end of ["", "/plan"]) {
        expect((await get(at + end, own)).status).toBe(404);
      }
      for (const step of ["freeze", "publish", "approve", "close"]) {
        expect((await post(`${at}/${step}`, own)).status).toBe(404);
      }
    }
    expect((await get(other.at)).json.state).toBe("scheduled");
    expect(
      await api.clone.superuser.db.$count(dispatches, eq(dispatches.companyId, other.company.id)),
    ).toBe(0);
    expect((await post(`${mine.at}/freeze`, own)).status).toBe(200);
  });

  test("R28 who may read runs may not move them, and the other way round", async () => {
    const { at } = await companyWithRun();
    const [reader, writer] = [await api.key(["runs:read"]), await api.key(["runs:write"])];
    expect((await get(at, reader)).status).toBe(200);
    for (const step of ["freeze", "publish", "approve", "close"]) {
      expect((await post(`${at}/${step}`, reader)).status).toBe(403);
    }
    expect((await get(at)).json.state).toBe("scheduled");
    expect((await get(at, writer)).status).toBe(403);
    expect((await get(`${at}/plan`, writer)).status).toBe(403);
    expect((await post(`${at}/freeze`, writer)).status).toBe(200);
  });
});
