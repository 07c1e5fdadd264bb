import { type Command, InvalidArgumentError } from "commander";
import { compareStorage, type StorageComparison } from "@/lib/documents/queries/compare-storage";
import {
  beginRestore,
  type ReconciledRestore,
  reconcileRestore,
} from "@/lib/operations/commands/reconcile-restore";
import { listRunsInHand } from "@/lib/operations/queries/runs-in-hand";
import { operate } from "../operator";

interface ReconcileOptions {
  since?: Date;
  setDoubtfulAside?: boolean;
}

/** Adds `restore begin`, `reconcile` and `compare`. */
export function addRestoreCommands(program: Command): void {
  const restore = program
    .command("restore")
    .description("after a database was restored from a backup: nothing sent twice, nobody back");
  restore
    .command("begin")
    .description("hold all mail of a restored database, before web and worker start")
    .action(async (_options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        await beginRestore(ctx);
        answer({ held: true }, ['All mail is held. Go on with "sportello restore reconcile".']);
      });
    });
  restore
    .command("reconcile")
    .description(
      "erase again who was deleted since, end all sessions, ask the provider what went out, let mail go",
    )
    .option(
      "--since <instant>",
      "ask for mail from then on (ISO 8601); else from the database's last mark on",
      instant,
    )
    .option(
      "--set-doubtful-aside",
      "where the provider cannot be asked: what waited goes to the staff's worklist instead of out",
    )
    .action(async (options: ReconcileOptions, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const { since, setDoubtfulAside: aside } = options;
        const result = await reconcileRestore(ctx, { since, aside });
        const runs = await listRunsInHand(ctx);
        answer({ ...result, runs }, [
          ...linesOf(result),
          ...runs.map(
            ({ company, run, state, advice }) => `Run ${run} of ${company} is ${state}: ${advice}.`,
          ),
        ]);
        if (!result.released) {
          process.exitCode = 1;
        }
      });
    });
  restore
    .command("compare")
    .description(
      "documents that the database names and the storage has not, and the other way round",
    )
    .action(async (_options: object, command: Command) => {
      await operate(command, async ({ ctx, answer }) => {
        const comparison = await compareStorage(ctx);
        answer({ ...comparison }, storageLines(comparison));
        if (comparison.missing.count > 0) {
          process.exitCode = 1;
        }
      });
    });
}

function instant(text: string): Date {
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError("It must be an instant such as 2026-11-28T03:00:00Z.");
  }
  return at;
}

function linesOf(result: ReconciledRestore): string[] {
  const { deletions, ended, since, batches, mails, setAside, released, unanswered } = result;
  return [
    `Deleted accounts erased again: ${deletions}.`,
    `Ended: ${ended.sessions} sessions, ${ended.links} links that set a password, ${ended.customerTokens} customers' tokens.`,
    ...(setAside > 0
      ? [`Set aside for staff, since nobody knows whether they went out: ${setAside}.`]
      : []),
    ...(mails.complete
      ? [
          `Sent since ${since?.toISOString() ?? "the beginning"}, by the provider's list: ${mails.asked} mails.`,
          `Of batches that were under way ${batches.taken} bills had been taken, ${batches.requeued} had not.`,
          `Mails about accounts that waited and had been sent: ${mails.sent}.`,
          `Mails that this database knows nothing of: ${mails.lost}; bills that would say the same to the same address take them over.`,
        ]
      : []),
    ...(unanswered
      ? [
          `The provider does not tell what it sent (${unanswered}): ask again, or with --set-doubtful-aside.`,
        ]
      : []),
    released ? "Mail goes out again." : "Mail is still held.",
    ...(released
      ? [
          'Next: "sportello restore compare", "sportello doctor --verify-audit", and the runs and imports since the backup again.',
        ]
      : []),
  ];
}

function storageLines({ stored, missing, unknown }: StorageComparison): string[] {
  const named = (name: string, { count, keys }: StorageComparison["missing"]) => [
    `${name}: ${count}${count > keys.length ? `, the first ${keys.length} of them` : ""}`,
    ...keys.map((key) => `  ${key}`),
  ];
  return [
    `In the storage: ${stored} documents, photos and files.`,
    ...named("Named by the database and not in the storage", missing),
    ...named("In the storage and not known to the database", unknown),
  ];
}
