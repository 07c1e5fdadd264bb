/** Seconds after which a delivery is tried again, as Standard Webhooks proposes: 27 hours and a half in all. */
const DELAYS = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

/** Seconds until the next attempt once so many have failed; null: it is given up. */
export const delayAfter = (attempts: number): number | null => DELAYS[attempts - 1] ?? null;

/** How long an endpoint may take to answer. */
export const ANSWER_MS = 10_000;

/** For how long deliveries that came to an end are kept. */
export const KEPT_DAYS = 30;

/** For how long a secret that was replaced still signs. */
export const ROTATION_HOURS = 24;
