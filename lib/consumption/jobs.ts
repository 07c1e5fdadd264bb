import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { romeDay } from "@/lib/time";
import { noticeUnusual } from "./commands/notice-unusual";

/** The job `notice_unusual` (R25): repeatable, and takes no payload. */
export async function noticeUnusualJob(ctx: Context<SystemActor>): Promise<void> {
  await noticeUnusual(ctx, romeDay(new Date()));
}
