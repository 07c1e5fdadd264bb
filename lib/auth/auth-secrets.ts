import { env } from "@/lib/env";

/** The secrets of AUTH_SECRET: the one that everything is made with, and during a rotation the one before. */
export const authSecrets = (): [string, ...string[]] =>
  env().AUTH_SECRET.split(",") as [string, ...string[]];
