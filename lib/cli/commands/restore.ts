import { type Command, InvalidArgumentError } from "commander";
import { compareStorage, type StorageComparison } from "@/lib/documents/queries/compare-storage";
import {
  beginRestore,
  type ReconciledRestore,
  reconcileRestore,
} from "@/lib/operations/commands/reconcile-restore";
import { listRunsInHand } from "@/lib/operations/queries/runs-in-hand";
import { counted } from "../counted";
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
  // Without a zone it would be one of this machine's.
  if (!/^\d{4}-\d\d-\d\dT\d\d:.*(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError("It must be an instant such as 2026-11-28T03:00:00Z.");
  }
  if (at.getTime() > Date.now()) {
    throw new InvalidArgumentError("It must be an instant that has passed.");
  }
  return at;
}

function linesOf(result: ReconciledRestore): string[] {
  const { deletions, ended, mails, setAside, released, unanswered } = result;
  return [
    `Deleted accounts erased again: ${deletions}.`,
    `Ended: ${counted(ended.sessions, "session")}, ${counted(ended.links, "link")} that set a password, ${counted(ended.customerTokens, "token")} of customers.`,
    ...(setAside > 0
      ? [`Set aside for staff, since nobody knows whether they went out: ${setAside}.`]
      : []),
    ...(mails.wholeFrom ? listLines(result) : []),
    ...(unanswered
      ? [
          `The provider does not tell what it sent (${unanswered}): ask again, or with --set-doubtful-aside.`,
        ]
      : []),
    released ? "Mail goes out again." : "Mail is still held.",
    ...(released
      ? [
          ...(mails.complete
            ? []
            : [
                "What this database has lost altogether nobody can tell: before a run that was published since the backup " +
                  "is published again, find out whether its mails went out, or they go out twice.",
              ]),
          'Next: "sportello restore compare", "sportello doctor --verify-audit", and the runs and imports since the backup again.',
        ]
      : []),
  ];
}

/** What the provider's list told, and whether it told all. */
function listLines({ since, batches, mails }: ReconciledRestore): string[] {
  const { asked, sent, lost, complete, wholeFrom } = mails;
  const wanted = since?.toISOString();
  return [
    `Sent since ${wanted ?? "the beginning"}, by the provider's list: ${counted(asked, "mail")}.`,
    `Of batches that were under way: ${counted(batches.taken, "bill")} taken, ${batches.requeued} not.`,
    `Mails about accounts that waited and had been sent: ${sent}.`,
    `Mails that this database knows nothing of: ${lost}; bills that would say the same to the same address take them over.`,
    ...(complete || !wholeFrom
      ? []
      : [
          `That list tells all from ${wholeFrom.toISOString()} on only, and this database ${wanted ? `may have lost what was sent since ${wanted}` : "has no mark of when it sent last"}. ` +
            "If your plan at Resend lists mails for longer, set RESEND_LIST_DAYS; if you know that nothing went out before an " +
            "instant, say --since; else go on with --set-doubtful-aside.",
        ]),
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
