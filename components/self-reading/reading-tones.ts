/** The colour of a self-reading's state; its word stands beside it. */
export const READING_TONES = {
  submitted: "warning",
  accepted: "success",
  refused: "danger",
} as const;
