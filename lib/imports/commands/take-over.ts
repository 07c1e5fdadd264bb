import { createHash, type Hash } from "node:crypto";
import path from "node:path";
import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { imports } from "@/db/schema";
import { tellPlanner } from "@/db/statistics";
import { recordAudit } from "@/lib/audit/commands";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction, type TxContext } from "@/lib/auth/context";
import { type Company, findCompany, listCompanies } from "@/lib/companies/queries";
import { RefusalError } from "@/lib/errors";
import { FaultList } from "../errors";

/** What an import did; every row of the file is in exactly one of the last three. */
export interface ImportOutcome {
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
}

/** How far an import is; `of` is unknown (0) while the file is still being read. */
export type ImportProgress = (
  step: "reading" | "storing",
  progress: { done: number; of: number },
) => void;

export interface ImportInput {
  /** The company's slug. */
  company: string;
  /** A path. */
  file: string;
  /** Checks and counts, and changes nothing. */
  dryRun?: boolean;
  onProgress?: ImportProgress;
}

export interface Source {
  company: Company;
  faults: FaultList;
  /** To be fed with the file's bytes. */
  digest: Hash;
  /** Of the row in `imports`: it is there if and only if the import was committed. */
  importId: string;
}

/** What each kind of import fills. */
const FILLED = {
  contracts: ["holders", "contracts", "mandates"],
  choices: ["delivery_choices"],
  bills: ["documents"],
  "bill-lines": ["bill_lines"],
  readings: [],
} as const;

class DryRunEnd extends Error {}

/**
 * Runs an import: one transaction for the whole file, one import of a kind at a time, a row in
 * `imports` and one in the audit log.
 * @throws {ImportRefusedError} from `work`; nothing is changed then
 * @throws {RefusalError} if there is no such company
 */
export async function takeOver<Outcome extends ImportOutcome>(
  ctx: Context<SystemActor>,
  kind: "contracts" | "choices" | "bills" | "bill-lines" | "readings",
  { company: slug, file, dryRun = false }: ImportInput,
  work: (tx: TxContext<SystemActor>, source: Source) => Promise<Outcome>,
): Promise<Outcome> {
  const fileName = path.basename(file);
  const importId = uuidv7();
  let outcome: Outcome | undefined;
  try {
    return await inTransaction(ctx, async (tx) => {
      const company = await companyOf(tx, slug);
      // Holders belong to the whole group, so imports of contracts wait for each other.
      const lock = kind === "contracts" ? 0 : company.id;
      await tx.db.execute(
        sql`select pg_advisory_xact_lock(hashtext(${`import ${kind}`}), ${lock}::int)`,
      );
      const digest = createHash("sha256");
      const faults = new FaultList(fileName);
      outcome = await work(tx, { company, faults, digest, importId });
      if (dryRun) {
        throw new DryRunEnd();
      }
      await tx.db.insert(imports).values({
        id: importId,
        companyId: company.id,
        kind,
        fileName,
        sha256: digest.digest("hex"),
        rows: outcome.rows,
        changed: outcome.added + outcome.changed,
        importedBy: tx.actor.name,
      });
      const { rows, added, changed } = outcome;
      const [table, ...tables] = FILLED[kind];
      if (table) {
        await tellPlanner(tx.db, added, table, ...tables);
      }
      await recordAudit(tx, {
        action: `imported_${kind.replace("-", "_")}`,
        companyId: company.id,
        subjectKind: "import",
        subjectId: importId,
        detail: { fileName, rows, added, changed },
      });
      return outcome;
    });
  } catch (error) {
    if (error instanceof DryRunEnd && outcome) {
      return outcome;
    }
    throw error;
  }
}

async function companyOf({ db }: TxContext, slug: string): Promise<Company> {
  const company = await findCompany(db, slug);
  if (!company) {
    const known = (await listCompanies(db)).map((one) => one.slug).join(", ");
    throw new RefusalError(`There is no company "${slug}"; known are: ${known || "none"}.`);
  }
  return company;
}
