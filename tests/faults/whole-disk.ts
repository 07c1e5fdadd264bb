import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import postgres from "postgres";
import { connect } from "@/db/client";
import { addKey } from "@/lib/api/v1/commands/add-key";
import type { Fault, FaultOptions } from "./fault";
import { smallDisk } from "./small-disk";
import { startWeb } from "./whole-processes";
import {
  ask,
  type Customer,
  filled,
  formOf,
  question,
  questionRows,
  type WholeWorld,
  wholeWorld,
} from "./whole-world";

interface Outcome {
  tries: number;
  lost: number;
  doubled: number;
  wrong: string[];
  met: string;
}

/**
 * No room on the disk of the documents, then none on the database's: whoever sends something is told so, nothing half
 * written stays, and all goes on once there is room.
 */
export const wholeDiskFull: Fault = async (options) => {
  const outcomes = [await storageFull(options), await databaseFull(options)];
  const sum = (of: (one: Outcome) => number) => outcomes.reduce((all, one) => all + of(one), 0);
  return {
    name: "whole-disk-full",
    tries: sum(({ tries }) => tries),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    wrong: outcomes.flatMap(({ wrong }) => wrong),
    met: outcomes.map(({ met }) => met).join("; "),
  };
};

const NOT_MOUNTED: Outcome = {
  ...{ tries: 1, lost: 0, doubled: 0, wrong: [] },
  met: "SKIPPED: no disk may be mounted here",
};

/** Files sent to the API's imports. */
async function storageFull({ urls, quick, seed }: FaultOptions): Promise<Outcome> {
  const disk = await smallDisk("storage", 8);
  if (!disk) {
    return NOT_MOUNTED;
  }
  const world = await wholeWorld(urls, 1);
  const web = await startWeb(world.folder, {
    env: { ...world.env, STORAGE_URL: `file:${path.join(disk.folder, "storage")}` },
  });
  const wrong: string[] = [];
  const counts = { refused: 0, taken: 0, lost: 0, doubled: 0 };
  const tries = quick ? 4 : 20;
  try {
    const { company } = world.customers[0] as Customer;
    const secret = await newKey(urls.workerUrl);
    const bytes = 200_000;
    const send = (at: number) =>
      ask(`${web.url}/api/v1/imports/contracts?company=${company}`, {
        method: "POST",
        body: csvOf(bytes, `${seed}-${at}`),
        headers: {
          authorization: `Bearer ${secret}`,
          "content-type": "text/csv",
          "idempotency-key": `disk-${seed}-${at}`,
        },
      });
    for (let at = 0; at < tries; at += 1) {
      await disk.fill([0, 50_000, 150_000][at % 3] ?? 0);
      const full = await send(at);
      if (full.status !== 507 || !full.body.includes('"code":"storage_full"')) {
        wrong.push(`with a full disk: ${full.status} ${full.body.slice(0, 200)}`);
      }
      counts.refused += 1;
      const left = await filesOf(path.join(disk.folder, "storage"));
      const known = await keys(world);
      const strays = left.filter((file) => !known.some((key) => file.endsWith(key)));
      if (strays.length > 0) {
        wrong.push(`${strays.length} files were left half written: ${strays[0]}`);
      }
      await disk.empty();
      const again = await send(at);
      counts.taken += again.status === 202 ? 1 : 0;
      counts.lost += again.status === 202 && (await keys(world)).length === at + 1 ? 0 : 1;
      counts.doubled += Math.max(0, (await keys(world)).length - at - 1);
      if (again.status !== 202) {
        wrong.push(`with room again: ${again.status} ${again.body.slice(0, 200)}`);
      }
    }
  } finally {
    web.kill("SIGKILL");
    await web.ended;
    await world.close();
    await disk.remove();
  }
  return {
    tries,
    ...{ lost: counts.lost, doubled: counts.doubled, wrong },
    met: `storage: ${counts.refused} files refused, ${counts.taken} of them taken once there was room`,
  };
}

async function newKey(workerUrl: string): Promise<string> {
  const worker = connect(workerUrl, { max: 1 });
  const added = await addKey(
    { db: worker.db, actor: { kind: "system", name: "faults" } },
    { name: "faults", companyId: null, scopes: ["imports:write"], expiresInDays: null },
  );
  await worker.close();
  if (!added.ok) {
    throw new Error("there is such a key already");
  }
  return added.value.secret;
}

const csvOf = (bytes: number, mark: string) =>
  `contract_number;customer_code\n${mark};${randomBytes(bytes / 2).toString("hex")}\n`;

const keys = async ({ truth }: WholeWorld) =>
  (await truth.sql<{ storage_key: string }[]>`select storage_key from imports`).map(
    ({ storage_key }) => storage_key,
  );

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Forms, while no table can grow any more. */
async function databaseFull(options: FaultOptions): Promise<Outcome> {
  const disk = await smallDisk("database", 400);
  if (!disk) {
    return NOT_MOUNTED;
  }
  const { urls, quick, seed } = options;
  const name = new URL(urls.superuserUrl).pathname.slice(1);
  const space = `small_${name}`;
  const elsewhere = urls.superuserUrl.replace(/\/[^/]+$/, "/postgres");
  const admin = postgres(elsewhere, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create tablespace ${space} location '${disk.folder}'`);
  await admin.unsafe(`alter database ${name} set tablespace ${space}`);
  const world = await wholeWorld(urls, 1);
  const web = await startWeb(world.folder, { env: world.env });
  const wrong: string[] = [];
  const counts = { saved: 0, refused: 0, lost: 0, doubled: 0 };
  const most = quick ? 60 : 200;
  try {
    const { company } = world.customers[0] as Customer;
    const hidden = await formOf(`${web.url}/contact`, 'name="message"');
    const send = (message: string) =>
      ask(`${web.url}/contact`, {
        method: "POST",
        body: filled(hidden, question(company, message)),
      });
    const refused: string[] = [];
    await disk.fill(64_000);
    for (let at = 0; at < most && refused.length < (quick ? 3 : 20); at += 1) {
      // As long as they may be, and nothing that packs well.
      const message = `Domanda ${at} di ${seed} ${randomBytes(2_400).toString("hex")}`;
      const { status, kind, body } = await send(message);
      const { rows, audited } = await questionRows(world, message);
      counts.saved += status === 303 ? 1 : 0;
      counts.lost += status === 303 && rows !== 1 ? 1 : 0;
      if (rows !== audited || (status !== 303 && rows > 0)) {
        wrong.push(`answered ${status}, and ${rows} rows, ${audited} lines of the audit log`);
      }
      if (status !== 303) {
        refused.push(message);
        const clear =
          kind === "clear" || (kind === "form" && /spazio per salvare|non risponde/.test(body));
        if (!clear) {
          wrong.push(
            `with a full disk: ${status} ${body.replace(/<[^>]*>|\s+/g, " ").slice(0, 300)}`,
          );
        }
      }
    }
    counts.refused = refused.length;
    if (refused.length === 0) {
      wrong.push("the database's disk did not fill");
    }
    await disk.empty();
    for (const message of refused) {
      const { status } = await send(message);
      const { rows } = await questionRows(world, message);
      counts.lost += status === 303 && rows >= 1 ? 0 : 1;
      counts.doubled += Math.max(0, rows - 1);
    }
  } finally {
    web.kill("SIGKILL");
    await web.ended;
    await world.close();
    await admin.unsafe(`drop database ${name} with (force)`).catch(() => {});
    await admin.unsafe(`drop tablespace ${space}`).catch(() => {});
    await admin.end();
    await disk.remove();
  }
  return {
    tries: counts.saved + counts.refused,
    ...{ lost: counts.lost, doubled: counts.doubled, wrong },
    met: `database: ${counts.saved} forms saved until it was full, ${counts.refused} refused and saved once there was room`,
  };
}
