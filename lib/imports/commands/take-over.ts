import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { imports } from "@/db/schema";
import type { SystemActor } from "@/lib/auth/actor";
import { type Context, inTransaction } from "@/lib/auth/context";
import { type Company, findCompany, listCompanies } from "@/lib/companies/queries";
import { RefusalError } from "@/lib/errors";
import { FaultList } from "../errors";
import type { ImportInput, ImportKind, ImportOutcome } from "../kind";
import { NO_PLAIN_FILE, unreadable } from "../text-file";
import { carryOut } from "./carry-out";
import { eitherOf, oneAtATime } from "./one-at-a-time";

/**
 * Takes over a file that is here: keeps it as an import and carries it out at once. The same file that
 * was killed half applied goes on where it was.
 * @throws {ImportRefusedError} with the file's faults; nothing is changed then
 * @throws {RefusalError} if there is no such company, or circumstances forbid it
 */
export async function takeOver<Input extends ImportInput>(
  ctx: Context<SystemActor>,
  kind: ImportKind<Input>,
  input: Input,
): Promise<ImportOutcome> {
  const company = await companyOf(ctx, input.company);
  const faults = new FaultList(path.basename(input.file));
  const file = await (kind.fingerprint ?? fingerprint)(input.file, faults);
  return await oneAtATime(ctx, kind, company, async (lost) => {
    const options = { ...kind.optionsOf(input), dryRun: input.dryRun === true };
    const importId =
      (await findUnfinished(ctx, kind, company, input, file.sha256, options)) ??
      (await receive(ctx, kind, company, input, { ...file, options }));
    input.onReceived?.(importId);
    const stop = eitherOf(lost, input.stop);
    return await carryOut(ctx, kind, { company, faults, importId, input: { ...input, stop } });
  });
}

/**
 * A company by its slug.
 * @throws {RefusalError} if there is none
 */
export async function companyOf({ db }: Context, slug: string): Promise<Company> {
  const company = await findCompany(db, slug);
  if (!company) {
    const known = (await listCompanies(db)).map((one) => one.slug).join(", ");
    throw new RefusalError(`There is no company "${slug}"; known are: ${known || "none"}.`);
  }
  return company;
}

/** Which file it is: the same bytes again are the same import, if that was not finished. */
export async function fingerprint(file: string, faults: FaultList) {
  // What cannot be looked at is told when it is read.
  const found = await stat(file).catch(() => undefined);
  if (found && !found.isFile() && !found.isDirectory()) {
    faults.refuse({ reason: NO_PLAIN_FILE });
  }
  return await digestOf(createReadStream(file), faults);
}

/**
 * SHA-256 and length of what comes.
 * @throws {ImportRefusedError} if it cannot be read
 */
export async function digestOf(content: AsyncIterable<Buffer>, faults: FaultList) {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    const reason = unreadable(error);
    throw reason ? faults.refusal({ reason }) : error;
  }
  return { sha256: hash.digest("hex"), bytes };
}

async function receive<Input extends ImportInput>(
  ctx: Context<SystemActor>,
  kind: ImportKind<Input>,
  company: Company,
  input: Input,
  file: { sha256: string; bytes: number; options: typeof imports.$inferInsert.options },
): Promise<string> {
  const id = uuidv7();
  await inTransaction(ctx, async ({ db, actor }) => {
    await db.insert(imports).values({
      id,
      companyId: company.id,
      kind: kind.name,
      fileName: path.basename(input.file),
      path: path.resolve(input.file),
      documentsPath: documentsOf(input),
      importedBy: actor.name,
      ...file,
    });
  });
  return id;
}

const documentsOf = ({ documents }: ImportInput) =>
  documents === undefined ? null : path.resolve(documents);

/**
 * We hold the lock, so whoever had begun with it is no more. With other PDFs, or without them, it is another import:
 * what was checked of this one names files that would never be stored.
 */
async function findUnfinished<Input extends ImportInput>(
  { db }: Context,
  kind: ImportKind<Input>,
  company: Company,
  input: Input,
  sha256: string,
  options: object,
): Promise<string | undefined> {
  const [found] = await db
    .select({ id: imports.id })
    .from(imports)
    .where(
      and(
        eq(imports.companyId, company.id),
        eq(imports.kind, kind.name),
        eq(imports.sha256, sha256),
        inArray(imports.state, ["received", "checking", "applying"]),
        isNotNull(imports.path),
        sql`${imports.documentsPath} is not distinct from ${documentsOf(input)}`,
        sql`${imports.options} = ${JSON.stringify(options)}::jsonb`,
      ),
    )
    .limit(1);
  return found?.id;
}
