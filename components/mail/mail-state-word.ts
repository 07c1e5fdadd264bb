const WORDS = {
  accepted: "sent",
  delayed: "delayed",
  delivered: "delivered",
  bounced: "undelivered",
  failed: "undelivered",
  suppressed: "undelivered",
  complained: "complained",
  paper: "undelivered",
} as const;

/** The text of `notifications.states` for the state of a mail's sending. */
export function mailStateWord(state: string | null): (typeof WORDS)[keyof typeof WORDS] {
  return Object.hasOwn(WORDS, state ?? "") ? WORDS[state as keyof typeof WORDS] : "sent";
}
