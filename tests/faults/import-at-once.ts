import { emptyRow, type Fault, inShort } from "./fault";
import type { ImportOrder, ImportReport } from "./import-child";
import { contractLines, writeLines } from "./import-files";
import { judge } from "./import-killed";
import { importInProcess, readyImport } from "./import-process";
import { type Found, type ImportWorld, importWorld, type Kind } from "./import-world";

interface Meeting {
  name: string;
  prepare(): Promise<Prepared>;
}

/** Two imports that begin together, what is to be there afterwards, and how many rows they add. */
interface Prepared {
  orders: ImportOrder[];
  files: { kind: Kind; mark: number; as: Kind | "changed" }[];
  added: number;
}

/** What all contracts of a file are changed to. */
const OTHER_PRODUCT = "Luce Nuova";

/** Two imports at once, each in a process of its own: none is lost, none doubled, and neither fails. */
export const importAtOnce: Fault = async ({ urls, quick }) => {
  const rows = quick ? inShort(1_000, 3_000) : 20_000;
  const world = await importWorld(urls, rows);
  const row = emptyRow("import-at-once");
  try {
    const expected = {
      bills: await alone(world, await world.newFile("bills", rows), "bills"),
      contracts: await alone(world, await world.newFile("contracts", rows), "contracts"),
      "e-invoices": await alone(world, await world.newFile("e-invoices", rows), "e-invoices"),
      changed: await alone(world, await changedFile(world, rows), "contracts"),
    };
    const meetings = meetingsOf(world, rows);
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      for (const meeting of meetings) {
        row.tries += 1;
        const name = `${meeting.name}, round ${round + 1}`;
        const { orders, files, added } = await meeting.prepare();
        const sum = await importTogether(world, orders, (fault) =>
          row.wrong.push(`${name}: ${fault}`),
        );
        if (sum !== added) {
          row.wrong.push(`${name}: they say that they added ${sum} rows together, not ${added}`);
        }
        for (const { kind, mark, as } of files) {
          judge(row, name, await world.found(kind, mark), expected[as]);
        }
        for (const { file } of orders) {
          for (const left of await world.leftOver(file)) {
            row.wrong.push(`${name}: ${left}`);
          }
        }
      }
    }
    row.met = `${meetings.map(({ name }) => name).join(", ")}, of ${rows} rows each`;
    return row;
  } finally {
    await world.close();
  }
};

async function alone(
  world: ImportWorld,
  { order, mark }: { order: ImportOrder; mark: number },
  kind: Kind,
): Promise<Found> {
  await importInProcess(world.orders("import-alone", order));
  return await world.found(kind, mark);
}

/** Contracts of a new file that are in the database, and the file that changes them all. */
async function changedFile(world: ImportWorld, rows: number) {
  const made = await world.newFile("contracts", rows);
  await importInProcess(world.orders("import-before", made.order));
  await writeLines(made.order.file, contractLines(rows, made.mark, OTHER_PRODUCT));
  return made;
}

function meetingsOf(world: ImportWorld, rows: number): Meeting[] {
  const different = async (...kinds: Kind[]): Promise<Prepared> => {
    const made = [];
    for (const kind of kinds) {
      made.push({ kind, ...(await world.newFile(kind, rows)) });
    }
    return {
      orders: made.map(({ order }) => order),
      files: made.map(({ kind, mark }) => ({ kind, mark, as: kind })),
      added: rows * kinds.length,
    };
  };
  const twice = async (kind: Kind): Promise<Prepared> => {
    const { order, mark } = await world.newFile(kind, rows);
    return { orders: [order, order], files: [{ kind, mark, as: kind }], added: rows };
  };
  return [
    { name: "the same bills", prepare: () => twice("bills") },
    { name: "the same contracts", prepare: () => twice("contracts") },
    { name: "the same e-invoices", prepare: () => twice("e-invoices") },
    { name: "bills and e-invoices", prepare: () => different("bills", "e-invoices") },
    { name: "other bills", prepare: () => different("bills", "bills") },
    { name: "other contracts", prepare: () => different("contracts", "contracts") },
    { name: "contracts and bills", prepare: () => different("contracts", "bills") },
    { name: "bills of contracts that change", prepare: () => changing(world, rows) },
  ];
}

/** Contracts that are changed while bills of theirs come in. */
async function changing(world: ImportWorld, rows: number): Promise<Prepared> {
  const contracts = await changedFile(world, rows);
  const bills = await world.newFile("bills", rows, contracts.mark);
  return {
    orders: [contracts.order, bills.order],
    files: [
      { kind: "contracts", mark: contracts.mark, as: "changed" },
      { kind: "bills", mark: bills.mark, as: "bills" },
    ],
    added: rows,
  };
}

/** Imports at once; returns how many rows they say they added. */
async function importTogether(
  world: ImportWorld,
  orders: ImportOrder[],
  wrong: (fault: string) => void,
): Promise<number> {
  const children = await Promise.all(
    orders.map((order, at) => readyImport(world.orders(`import-at-once-${at}`, order))),
  );
  for (const child of children) {
    child.go();
  }
  const reports: (ImportReport | undefined)[] = await Promise.all(
    children.map(({ report }) => report),
  );
  let added = 0;
  for (const outcome of reports.map((report) => report?.outcomes[0])) {
    if (!outcome || "lines" in outcome) {
      wrong(`one failed: ${outcome?.lines[0] ?? "its process ended"}`);
    } else {
      added += outcome.added;
    }
  }
  return added;
}
