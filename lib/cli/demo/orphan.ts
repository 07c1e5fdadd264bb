import { commandOf, isAlive, parentOf } from "@/db/embedded/process";

const LOOK_MS = 500;
/** tsx, a shell, npm: whoever is further away did not start us. */
const GENERATIONS = 4;
const PACKAGE_MANAGER = /(^|[/\\ ])(npm|pnpm|yarn|bun)(-cli)?(\.c?js)?( |$)/;

/**
 * Calls `onOrphaned` once when the `npm run` that started us is gone: its shell does not pass on a
 * SIGTERM, and nothing passes on a SIGKILL. Started in any other way, we may outlive our parents.
 */
export async function watchNpm(onOrphaned: () => void): Promise<void> {
  const ancestors = await ancestorsUpToNpm();
  if (ancestors.length === 0) {
    return;
  }
  const watch = setInterval(() => {
    if (!ancestors.every(isAlive) || process.ppid !== ancestors[0]) {
      clearInterval(watch);
      onOrphaned();
    }
  }, LOOK_MS);
  watch.unref();
}

async function ancestorsUpToNpm(): Promise<number[]> {
  const ancestors: number[] = [];
  let at: number | undefined = process.env.npm_lifecycle_event ? process.ppid : undefined;
  while (at !== undefined && at > 1 && ancestors.length < GENERATIONS) {
    ancestors.push(at);
    if (PACKAGE_MANAGER.test(await commandOf(at))) {
      return ancestors;
    }
    at = await parentOf(at);
  }
  return [];
}
