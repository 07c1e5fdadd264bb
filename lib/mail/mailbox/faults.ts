import { z } from "zod";

/** What the mailbox can be told to do wrong, for so many requests or messages. */
export const faultSchema = z.object({
  kind: z
    .enum(["403", "429", "500", "hang", "drop", "bounce", "complain", "none"])
    .or(
      z
        .union([z.literal(403), z.literal(429), z.literal(500)])
        .transform((status): "403" | "429" | "500" => `${status}`),
    ),
  /** How often; without it until cleared. */
  count: z.number().int().min(1).optional(),
  /** Only for this recipient. */
  to: z.string().optional(),
});
type Fault = z.infer<typeof faultSchema>;

const ON_REQUESTS = ["403", "429", "500", "hang", "drop"] as const;
const ON_MESSAGES = ["bounce", "complain"] as const;
type RequestFault = (typeof ON_REQUESTS)[number];
export type MessageFault = (typeof ON_MESSAGES)[number];

export interface Faults {
  set(fault: Fault): void;
  clear(): void;
  list(): Fault[];
  forRequest(recipients: string[]): RequestFault | null;
  forMessage(recipients: string[]): MessageFault | null;
}

/** The faults that wait to happen; one that happened so often as asked is forgotten. */
export function newFaults(): Faults {
  let armed: Fault[] = [];
  function take<Kind extends string>(kinds: readonly Kind[], recipients: string[]): Kind | null {
    const found = armed.find(
      ({ kind, to }) =>
        kinds.some((known) => known === kind) && (to === undefined || recipients.includes(to)),
    );
    if (!found) {
      return null;
    }
    if (found.count !== undefined) {
      found.count -= 1;
      armed = armed.filter(({ count }) => count !== 0);
    }
    return kinds.find((known) => known === found.kind) ?? null;
  }
  return {
    set(fault) {
      armed = fault.kind === "none" ? [] : [...armed, { ...fault }];
    },
    clear() {
      armed = [];
    },
    list: () => armed,
    forRequest: (recipients) => take(ON_REQUESTS, recipients),
    forMessage: (recipients) => take(ON_MESSAGES, recipients),
  };
}
