import type { RemoteProvider } from "../provider/remote";
import { type Row, rowOf } from "./report";
import type { SendResult } from "./send-child";

/** Requests a second that the provider allows, and mails in each. */
const PER_SECOND = 10;
const BATCH = 100;
const LARGEST_RSS = 400 * 2 ** 20;

/**
 * Sending at a provider that allows ten requests a second, against the time which that limit alone takes:
 * the same mails in full batches, none ever late. Then the sender's memory, which must not grow with what
 * it has sent.
 */
export async function paced(
  provider: RemoteProvider,
  mails: number,
  send: () => Promise<SendResult>,
): Promise<Row[]> {
  await provider.set({ perSecond: PER_SECOND });
  const before = await provider.facts();
  const { ms, mails: sent, peakRss, earlyRss, lateRss } = await send();
  const { taken, tooMany } = await provider.facts();
  await provider.set({ perSecond: null });
  if (sent < mails || taken - before.taken !== mails) {
    throw new Error(`of ${mails} mails ${taken - before.taken} were taken`);
  }
  const megabytes = (bytes: number) => bytes / 2 ** 20;
  const name = `send: ${mails.toLocaleString("en")} mails at ${PER_SECOND} requests/s`;
  return [
    rowOf(name, "s", [{ ours: ms / 1000, limit: mails / BATCH / PER_SECOND }]),
    rowOf("send: requests that the limit refused", "", [
      { ours: tooMany - before.tooMany, limit: mails / BATCH },
    ]),
    rowOf("send: most memory of the worker", "MB", [
      { ours: megabytes(peakRss), limit: megabytes(LARGEST_RSS) },
    ]),
    rowOf("send: memory late against early", "MB", [
      { ours: megabytes(lateRss), limit: megabytes(earlyRss) },
    ]),
  ];
}
