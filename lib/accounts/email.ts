import { z } from "zod";

/**
 * An e-mail address as the account's identity: NFKC and lower case before it is judged; no comma,
 * line break or angle bracket, whatever the rest. Its message is a key of `errors`.
 */
export const emailSchema = z
  .string()
  .transform((typed) => typed.normalize("NFKC").trim().toLowerCase())
  .pipe(
    z
      .string()
      .max(254, "email")
      .regex(/^[^\s,<>"]+$/, "email")
      .pipe(z.email("email")),
  );
