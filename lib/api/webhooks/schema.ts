import { z } from "zod";
import { IMPORT_KINDS, WEBHOOK_EVENTS } from "@/db/schema";

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const count = z.int().min(0);
const timestamp = z.iso.datetime().describe("When it happened, in UTC");

/** What is told of an import; written by a trigger, whose names these are. */
export const importEventSchema = z.strictObject({
  type: z.enum(["import.checked", "import.done", "import.failed", "import.cancelled"]),
  timestamp,
  data: z.strictObject({
    id: z.uuid(),
    company: z.string(),
    kind: z.enum(IMPORT_KINDS),
    state: z.enum(["checked", "done", "failed", "cancelled"]),
    dryRun: z.boolean(),
    runId: z.uuid().nullable(),
    rows: count,
    added: count,
    changed: count,
    unchanged: count,
    applied: count,
    faults: count,
  }),
});

/** The same of a run. */
export const runEventSchema = z.strictObject({
  type: z.enum(["run.frozen", "run.published", "run.closed"]),
  timestamp,
  data: z.strictObject({
    id: z.uuid(),
    company: z.string(),
    name: z.string(),
    state: z.enum(["frozen", "published", "closed"]),
  }),
});

/** What `sportello webhook add` is told. */
export const newEndpointSchema = z.object({
  url: z.string(),
  events: z
    .array(z.enum(WEBHOOK_EVENTS, `must be of ${WEBHOOK_EVENTS.join(", ")}`))
    .min(1, "must name at least one event")
    .transform((events) => [...new Set(events)]),
});
