import { connect } from "@/db/client";
import { seedBenchWorld } from "@/db/seed/bench-world";
import type { SystemActor } from "@/lib/auth/actor";
import type { DatabaseUrls } from "../setup/urls";

export const ACTOR: SystemActor = { kind: "system", name: "faults" };

/** A company with contracts, mandates and choices, and runs of it one after the other. */
export type RunsWorld = Awaited<ReturnType<typeof runsWorld>>;

export interface FaultRun {
  company: string;
  run: string;
}

interface PlanCheck {
  state: string;
  rows: number;
  lost: number;
  doubled: number;
  wrong: number;
}

interface DispatchCheck {
  state: string;
  published: number;
  dispatches: number;
  lost: number;
  doubled: number;
}

export async function runsWorld(urls: DatabaseUrls, contracts: number) {
  const worker = connect(urls.workerUrl, { max: 4 });
  const superuser = connect(urls.superuserUrl, { max: 2 });
  const { sql } = superuser;
  const { companyId, company } = await seedBenchWorld(worker, { contracts });
  await sql`update companies set approval_above = 1000000000 where id = ${companyId}`;
  await sql`vacuum analyze`;
  let runs = 0;

  async function newRun(state: "scheduled" | "frozen"): Promise<FaultRun> {
    runs += 1;
    const run = `run-${runs}`;
    await sql`insert into invoicing_runs (company_id, name, cut_off_at, state, frozen_at)
      values (${companyId}, ${run}, date_trunc('hour', now()) - ${runs} * interval '1 minute', ${state},
        case when ${state} = 'frozen' then now() end)`;
    return { company, run };
  }

  return {
    contracts,
    worker,
    ctx: { db: worker.db, actor: ACTOR },
    workerUrl: urls.workerUrl,
    dueRun: () => newRun("scheduled"),

    /** A run with its plan and a document for each row of it, loaded. */
    async loadedRun(): Promise<FaultRun> {
      const made = await newRun("frozen");
      await sql`insert into delivery_plans (company_id, run_id, contract_id, mode, email, reason,
          discount_cents, discount_basis, choice_id, mandate_id)
        select r.company_id, r.id, m.contract_id, m.mode, m.email, m.reason, m.discount_cents,
          m.discount_basis, m.choice_id, m.mandate_id
        from invoicing_runs r cross join lateral delivery_modes(r.company_id, null, r.cut_off_at) m
        where r.company_id = ${companyId} and r.name = ${made.run}`;
      await sql`insert into documents (company_id, contract_id, holder_id, kind, bill_number,
          contract_number, commodity, supply_point, supply_address, origin, run_id, issue_date,
          due_date, period_from, period_to, total_cents)
        select c.company_id, c.id, c.holder_id, 'bill', ${made.run} || '-' || c.contract_number,
          c.contract_number, c.commodity, c.supply_point, c.supply_address, 'run', r.id,
          '2026-10-20', '2026-11-12', '2026-09-01', '2026-09-30', 5000
        from contracts c
        join invoicing_runs r on r.company_id = c.company_id and r.name = ${made.run}
        where c.company_id = ${companyId}`;
      await sql`update invoicing_runs set state = 'loaded', loaded_at = clock_timestamp()
        where company_id = ${companyId} and name = ${made.run}`;
      await sql`analyze documents, delivery_plans`;
      return made;
    },

    /** The plan against the rule at the run's cut-off, contract by contract. */
    async checkPlan({ run }: FaultRun): Promise<PlanCheck> {
      const [check] = await sql<PlanCheck[]>`
        with run as (select * from invoicing_runs where company_id = ${companyId} and name = ${run}),
        plan as (select p.* from delivery_plans p join run on p.company_id = run.company_id
          and p.run_id = run.id),
        rule as (select m.* from run
          cross join lateral delivery_modes(run.company_id, null, run.cut_off_at) m)
        select (select state from run) as state, (select count(*)::int from plan) as rows,
          (select count(*)::int from rule where contract_id not in (select contract_id from plan)) as lost,
          (select (count(*) - count(distinct contract_id))::int from plan) as doubled,
          (select count(*)::int from plan full join rule using (contract_id)
            where (plan.mode, plan.email, plan.reason, plan.discount_cents, plan.discount_basis,
              plan.choice_id, plan.mandate_id) is distinct from (rule.mode, rule.email, rule.reason,
              rule.discount_cents, rule.discount_basis, rule.choice_id, rule.mandate_id)) as wrong`;
      return must(check);
    },

    async checkDispatches({ run }: FaultRun): Promise<DispatchCheck> {
      const [check] = await sql<DispatchCheck[]>`
        with run as (select * from invoicing_runs where company_id = ${companyId} and name = ${run}),
        sent as (select s.* from dispatches s join run on s.company_id = run.company_id
          and s.run_id = run.id),
        bills as (select d.* from documents d join run on d.company_id = run.company_id
          and d.run_id = run.id)
        select (select state from run) as state,
          (select count(*)::int from bills where published_at is not null) as published,
          (select count(*)::int from sent) as dispatches,
          (select count(*)::int from bills where id not in (select document_id from sent)) as lost,
          (select (count(*) - count(distinct document_id))::int from sent) as doubled`;
      return must(check);
    },

    /** How often the audit log tells that the run was frozen or published. */
    async told({ run }: FaultRun, action: string): Promise<number> {
      const [told] = await sql<{ times: number }[]>`
        select count(*)::int as times from audit_log
        where company_id = ${companyId} and action = ${action} and detail ->> 'name' = ${run}`;
      return must(told).times;
    },

    /** Ends the connections of a process from the database's side. */
    async terminate(name: string): Promise<void> {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;
    },

    /** A killed process's statement goes on until it would answer: waits until it is rolled back. */
    async untilGone(name: string): Promise<void> {
      for (let rest = 6_000; rest > 0; rest -= 1) {
        const alive = await sql`select from pg_stat_activity where application_name = ${name}`;
        if (alive.length === 0) {
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`the connections of ${name} are still there after a minute`);
    },

    async close(): Promise<void> {
      await Promise.all([worker.close(), superuser.close()]);
    },
  };
}

function must<T>(row: T | undefined): T {
  if (!row) {
    throw new Error("the database returned no row");
  }
  return row;
}
