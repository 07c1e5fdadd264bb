/** What a form shows after it was sent; the first state of every form is `IDLE`. */
export interface FormState {
  status: "idle" | "invalid" | "failed" | "done";
  /** One sentence for the top of the form. */
  message?: string;
  /** What is shown this once and kept nowhere, below the message: recovery codes. */
  codes?: string[];
  /** A sentence per field name. */
  fields?: Record<string, string>;
  /** What was typed, to be shown again; never a password. */
  values?: Record<string, string>;
  /** What was marked in fields that a form has several of. */
  lists?: Record<string, string[]>;
}

export const IDLE: FormState = { status: "idle" };

export type FormAction = (previous: FormState, form: FormData) => Promise<FormState>;
