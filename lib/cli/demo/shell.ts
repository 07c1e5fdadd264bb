import { Command } from "commander";
import { failureSentence } from "@/lib/cli/failure";
import { watchNpm } from "./orphan";
import { runDemo } from "./run-demo";
import { endDemo, ending, endOnSignals } from "./shutdown";

/** Reads the command line of `npm run demo` or `npm run dev`, and runs it until somebody ends it. */
export async function startFromShell(
  name: "demo" | "dev",
  { development }: { development: boolean },
): Promise<void> {
  const { reset = false } = new Command(`npm run ${name} --`)
    .description(
      development
        ? "Sportello with its demo world, reloading on every change."
        : "Sportello with its demo world: no service, no key. PORT and SPORTELLO_DATA are honoured.",
    )
    .option("--reset", "throw the data of earlier demos away and start over")
    .allowExcessArguments(false)
    .parse()
    .opts<{ reset?: boolean }>();
  endOnSignals();
  await watchNpm(() => void endDemo(143));
  try {
    await runDemo({ development, reset });
  } catch (error) {
    if (ending()) {
      // What was still on its way fails when its ground is pulled away; that is no news.
      return;
    }
    console.error(sentence(error));
    await endDemo(1);
  }
}

function sentence(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `${path ?? "A file"} may not be written: it belongs to another user. Choose another folder with SPORTELLO_DATA.`;
    case "ENOSPC":
      return "The disk is full; the demo needs about 500 MB.";
    default:
      return failureSentence(error);
  }
}
