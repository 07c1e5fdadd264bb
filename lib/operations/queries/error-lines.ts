import { z } from "zod";
import type { Actor } from "@/lib/auth/actor";
import { lastErrorLines } from "@/lib/log";
import { requireWatcher } from "../rules";

export interface ErrorLine {
  at: Date;
  message: string;
  /** What a person was shown and may quote. */
  reference: string | null;
  request: string | null;
  /** Route, job or operation. */
  place: string | null;
  /** The kind of error and its own words, as they stand in the log: without what could name anybody. */
  error: string | null;
}

const text = z.string().optional();
const lineSchema = z.object({
  time: z.number(),
  msg: z.string().default(""),
  reference: text,
  request: text,
  route: text,
  task: text,
  operation: text,
  err: z.object({ type: z.string().default("Error"), message: z.string().default("") }).optional(),
});
const LONGEST = 200;

/**
 * The last errors of this web process, newest first, as its log has them. Others, and before its start, are in
 * their logs only.
 * @throws {ForbiddenError} for staff who are no admins
 */
export function errorLines(actor: Actor): ErrorLine[] {
  requireWatcher(actor);
  return lastErrorLines().flatMap((line) => {
    const { data } = lineSchema.safeParse(parsed(line));
    return data
      ? [
          {
            at: new Date(data.time),
            message: data.msg,
            reference: data.reference ?? null,
            request: data.request ?? null,
            place: data.route ?? data.task ?? data.operation ?? null,
            error: data.err ? `${data.err.type}: ${data.err.message}`.slice(0, LONGEST) : null,
          },
        ]
      : [];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
