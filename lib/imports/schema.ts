import { z } from "zod";
import { IMPORT_KINDS } from "@/db/schema";

/** An import's id, as addresses and forms have it. */
export const importIdSchema = z.uuid();

export const importDecisionSchema = z.object({ importId: importIdSchema });

const given = z
  .string()
  .trim()
  .max(200)
  .transform((text) => (text === "" ? undefined : text))
  .optional();

/** What comes with an uploaded file. */
export const uploadSchema = z.object({
  company: z.string().min(1).max(40),
  kind: z.enum(IMPORT_KINDS),
  target: z.enum(["run", "single", "archive"]).optional(),
  run: given,
  origin: z.enum(["portal", "paper-form"]).optional(),
  contract: given,
  // Never the path of a profile: that would be a file of this server.
  layout: given.pipe(
    z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,59}$/)
      .optional(),
  ),
  dryRun: z.literal("yes").optional(),
});

const largeFile = z.object({
  name: z.string().max(400),
  bytes: z.int().positive(),
});

/** Asks where a file that is too large for a form may be sent. */
export const directUploadSchema = uploadSchema.extend({
  file: largeFile,
  documents: largeFile.optional(),
});

/** What comes in the place of the file once it was sent there. */
export const sentUploadSchema = uploadSchema.extend({
  upload: z.uuid(),
  fileName: z.string().min(1).max(400),
});
