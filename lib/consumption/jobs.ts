import { z } from "zod";
import type { SystemActor } from "@/lib/auth/actor";
import type { Context } from "@/lib/auth/context";
import { romeDay } from "@/lib/time";
import { noticeUnusual } from "./commands/notice-unusual";
import { removeUnreferencedPhotos } from "./commands/remove-photos";

/** The job `notice_unusual` (R25): repeatable, and takes no payload. */
export async function noticeUnusualJob(ctx: Context<SystemActor>): Promise<void> {
  await noticeUnusual(ctx, romeDay(new Date()));
}

const keysSchema = z.object({ keys: z.array(z.string()) });

/** The job `remove_photos` (R7): repeatable; a photo that a self-reading has stays. */
export async function removePhotosJob(ctx: Context<SystemActor>, payload: unknown): Promise<void> {
  await removeUnreferencedPhotos(ctx, keysSchema.parse(payload).keys);
}
