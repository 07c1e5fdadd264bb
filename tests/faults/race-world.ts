import { connect } from "@/db/client";
import { seedBenchWorld } from "@/db/seed/bench-world";
import {
  type ChoiceFact,
  judge,
  type MandateFact,
  type Verdict,
} from "../factories/delivery-oracle";
import type { DatabaseUrls } from "../setup/urls";
import type { Promises } from "./choices-race";

/** A customer with a contract. */
export interface Member {
  companyId: number;
  contractId: string;
  accountId: string;
  holderId: string;
  email: string;
  /** Confirmed long ago. */
  dedicated: string;
}

/** Its one cut-off falls into the race; what comes later is promised for `laterOn`. */
export interface RaceCompany {
  id: number;
  slug: string;
  cutOffMs: number;
}

interface Facts {
  contractId: string;
  holder: string;
  choices: (ChoiceFact & { recordedAt: string })[];
  mandates: MandateFact[];
}

export type ChoicesWorld = Awaited<ReturnType<typeof choicesWorld>>;

const STAMP = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

export async function choicesWorld(urls: DatabaseUrls, count: number, contracts: number) {
  const worker = connect(urls.workerUrl, { max: 12 });
  const superuser = connect(urls.superuserUrl, { max: 1 });
  const { sql } = superuser;
  const stamp = (column: string) => sql.unsafe(`to_char(${column} at time zone 'UTC', ${STAMP})`);
  const companies: RaceCompany[] = [];
  for (let at = 0; at < count; at += 1) {
    const { companyId, company } = await seedBenchWorld(worker, { contracts });
    companies.push({ id: companyId, slug: company, cutOffMs: 0 });
  }
  await sql`insert into delivery_addresses (account_id, email, confirmed_at)
    select id, 'bills-' || email, '2020-01-01' from accounts`;
  const members = await sql<Member[]>`
    select l.company_id as "companyId", l.contract_id as "contractId", a.id as "accountId", a.holder_id as "holderId", a.email,
      'bills-' || a.email as dedicated
    from contract_links l join accounts a on a.id = l.account_id order by l.contract_id`;
  /** What was chosen before belongs to no run of the race. */
  let begins = "";
  const numbers = await sql<{ number: string }[]>`
    select distinct contract_number as number from contracts order by 1`;

  /** Why a company's plan or its customers' promises are not as they should be. */
  async function checkCompany(company: RaceCompany, promises: Promises) {
    const [run] = await sql<{ id: string; at: string; near: string; later: string }[]>`
      select r.id, ${stamp("r.cut_off_at")} as at,
        (r.cut_off_at at time zone 'Europe/Rome')::date::text as near,
        (next_cut_off(r.company_id, r.cut_off_at + interval '1 microsecond')
          at time zone 'Europe/Rome')::date::text as later
      from invoicing_runs r where r.company_id = ${company.id} and r.name = 'near'`;
    const plans = await sql<({ contract_id: string } & Verdict)[]>`
      select contract_id, mode, email, reason, discount_cents, discount_basis, choice_id, mandate_id
      from delivery_plans where company_id = ${company.id} and run_id = ${run?.id ?? ""}`;
    const rule = await sql<({ contract_id: string } & Verdict)[]>`
      select m.* from invoicing_runs r
      cross join lateral delivery_modes(r.company_id, null, r.cut_off_at) m
      where r.company_id = ${company.id} and r.id = ${run?.id ?? ""}`;
    if (!run) {
      throw new Error("a run of the race is gone");
    }
    const ruled = new Map(rule.map((row) => [row.contract_id, JSON.stringify(row)]));
    const planned = new Map(plans.map((row) => [row.contract_id, row]));
    const wrong: string[] = [];
    let lost = 0;
    for (const facts of await factsOf(company.id)) {
      const plan = planned.get(facts.contractId);
      if (!plan) {
        lost += 1;
        continue;
      }
      const { contract_id: _, ...verdict } = plan;
      // R12: what was taken over once the run was cut off may be dated before and yet come too late. A
      // freeze that itself comes late has seen the first few of these and not those recorded after it.
      const late = facts.choices
        .filter(
          ({ origin, chosenAt, recordedAt }) =>
            origin !== "customer" &&
            origin !== "undone" &&
            chosenAt <= run.at &&
            recordedAt > run.at,
        )
        .sort((one, other) => (one.recordedAt < other.recordedAt ? -1 : 1));
      if (late.length === 0 && ruled.get(facts.contractId) !== JSON.stringify(plan)) {
        wrong.push(`${facts.contractId}: the plan is not what the rule says now`);
      }
      const readings = [...late.keys(), late.length].map((seen) =>
        facts.choices.filter((one) => !late.slice(seen).includes(one)),
      );
      if (!readings.some((choices) => same(verdict, oracle(facts, choices, run.at)))) {
        wrong.push(`${facts.contractId}: the plan is not what the oracle reads in the stamps`);
      }
      const told = promises.get(facts.contractId) ?? [];
      wrong.push(...brokenPromises(facts, told, { ...run, begins }, verdict));
    }
    return { lost, doubled: plans.length - planned.size, wrong, plans: plans.length };
  }

  async function factsOf(companyId: number): Promise<Facts[]> {
    return await sql<Facts[]>`
      select c.id as "contractId", c.holder_id as holder,
        (select coalesce(json_agg(json_build_object('id', dc.id, 'origin', dc.origin,
            'mode', dc.mode, 'email', dc.email, 'chosenAt', ${stamp("dc.chosen_at")},
            'recordedAt', ${stamp("dc.recorded_at")},
            'account', case when a.id is not null then json_build_object('email', a.email,
              'deletedAt', null, 'dedicated', json_build_array(json_build_object(
                'email', 'bills-' || a.email, 'confirmedAt', '2020-01-01T00:00:00.000000Z'))) end)
            order by dc.chosen_at, dc.id), '[]')
          from delivery_choices dc left join accounts a on a.id = dc.account_id
          where dc.company_id = c.company_id and dc.contract_id = c.id) as choices,
        (select coalesce(json_agg(json_build_object('id', m.id, 'holder', m.holder_id,
            'status', m.status, 'since', m.since, 'until', m.until)), '[]')
          from mandates m
          where m.company_id = c.company_id and m.contract_id = c.id) as mandates
      from contracts c where c.company_id = ${companyId}`;
  }

  return {
    worker,
    companies,
    members: [...members],
    contractNumbers: numbers.map(({ number }) => number),

    /** Spreads the companies' cut-offs over the time the race will take. */
    async setCutOffs(raceMs: number): Promise<void> {
      const [clock] = await sql<{ at: string }[]>`select ${stamp("clock_timestamp()")} as at`;
      begins = clock?.at ?? "";
      for (const [at, company] of companies.entries()) {
        company.cutOffMs = Math.round(Date.now() + (raceMs * (at + 0.5)) / companies.length);
        await sql`insert into invoicing_runs (company_id, name, cut_off_at) values
          (${company.id}, 'near', ${new Date(company.cutOffMs)}),
          (${company.id}, 'later', ${new Date(company.cutOffMs + 40 * 86_400_000)})`;
      }
    },

    /** The company that is cut off next: it is there that a choice may come too late. */
    nextCompany(): number | undefined {
      const toCome = companies.filter(({ cutOffMs }) => cutOffMs > Date.now() - 30);
      return toCome.sort((one, other) => one.cutOffMs - other.cutOffMs)[0]?.id;
    },

    async check(promises: Promises) {
      const sum = { lost: 0, doubled: 0, plans: 0, wrong: [] as string[] };
      for (const company of companies) {
        const { lost, doubled, wrong, plans } = await checkCompany(company, promises);
        sum.lost += lost;
        sum.doubled += doubled;
        sum.plans += plans;
        sum.wrong.push(...wrong);
      }
      return sum;
    },

    async close(): Promise<void> {
      await Promise.all([worker.close(), superuser.close()]);
    },
  };
}

/** The bench world's offer; its contracts run on. */
const OFFER = { id: "1", cents: 600, basis: "per_year", from: "2018-01-01", until: null };

const oracle = ({ holder, mandates }: Facts, choices: ChoiceFact[], at: string) =>
  judge(
    {
      startsOn: "2018-01-01",
      endsOn: null,
      holder,
      mandates,
      choices,
      discounts: [OFFER],
      suspensions: [],
    },
    at,
  );

const same = (one: Verdict, other: Verdict) =>
  (Object.keys(one) as (keyof Verdict)[]).every((key) => one[key] === other[key]);

/** R11: each of a customer's rows was promised for the first cut-off after its own stamp. */
function brokenPromises(
  { contractId, choices }: Facts,
  told: string[],
  run: { at: string; near: string; later: string; begins: string },
  plan: Verdict,
): string[] {
  const own = choices.filter(
    ({ origin, chosenAt }) =>
      (origin === "customer" || origin === "undone") && chosenAt > run.begins,
  );
  if (own.length !== told.length) {
    return [`${contractId}: ${told.length} choices were told and ${own.length} are kept`];
  }
  const wrong = own.flatMap(({ chosenAt }, at) => {
    const reached = chosenAt <= run.at ? run.near : run.later;
    return told[at] === reached ? [] : [`${contractId}: promised ${told[at]}, reaches ${reached}`];
  });
  const promised = own.filter((_, at) => told[at] === run.near).at(-1);
  const used = choices.find(({ id }) => id === plan.choice_id);
  if (promised && promised.id !== used?.id && (!used || used.chosenAt < promised.chosenAt)) {
    wrong.push(`${contractId}: the last choice promised for this run is not in its plan`);
  }
  return wrong;
}
