/**
 * Where a process that sends mail can be killed, in the order in which a batch passes, and what is true
 * then (R17). `npm run faults -- send-killed` kills a worker at each of them.
 *
 * | point | in the database | at the provider | who goes on |
 * |---|---|---|---|
 * | before claim | dispatches are queued | nothing | anybody claims them |
 * | after claim | the same: the claim is not committed | nothing | anybody claims them |
 * | before freeze | the same | nothing | anybody claims them |
 * | after freeze | the same: forms, facts and digest are not committed | nothing | anybody claims them |
 * | before post | members, order, bytes and lease stand | nothing | whoever comes after the lease, same key |
 * | after post | the same | perhaps all | the same key answers as it did |
 * | before answer | the same | all, and it has answered | the same key answers as it did |
 * | after answer | the same | all | the same key answers as it did |
 * | before mark | the same: the mark is not committed | all | the same key answers as it did |
 * | after mark | accepted, with the provider's ids | all | nothing is left to do |
 */
export const SENDER_POINTS = [
  "before claim",
  "after claim",
  "before freeze",
  "after freeze",
  "before post",
  "after post",
  "before answer",
  "after answer",
  "before mark",
  "after mark",
] as const;
export type SenderPoint = (typeof SENDER_POINTS)[number];

/** Called at each point; faults end the process there. */
export type AtPoint = (point: SenderPoint) => void | Promise<void>;
