import { z } from "zod";
import { CASE_KINDS, CASE_TOPICS, COMMODITIES } from "@/db/schema";
import { emailSchema } from "@/lib/accounts/email";
import { ATTEMPT_OUTCOMES, ATTEMPT_TRAITS } from "./rules";

/** The form of the search. */
export const searchFormSchema = z.object({
  q: z
    .string()
    .trim()
    .min(1, "searchMissing")
    .max(120, "searchLong")
    .regex(/^\P{Cc}*$/u, "invalid"),
});

/** What staff look for; a code, a name or an e-mail. Blank is absent, and so is what is wrong. */
export const customerSearchSchema = z.object({
  q: z
    .string()
    .trim()
    .max(120)
    .regex(/^\P{Cc}*$/u)
    .transform((text) => text || undefined)
    .optional()
    .catch(undefined),
});

/** Which attempts to register are shown; what is wrong is absent. */
export const attemptsSchema = z.object({
  company: z.string().max(40).optional().catch(undefined),
  outcome: z.enum(ATTEMPT_OUTCOMES).optional().catch(undefined),
  /** Only those that share a trait with this one: so no tax id and no e-mail stands in an address. */
  like: z.uuid().optional().catch(undefined),
  by: z.enum(ATTEMPT_TRAITS).optional().catch(undefined),
  /** Where the page begins: the row before it. */
  after: z.uuid().optional().catch(undefined),
});

export const attemptSchema = z.object({ attemptId: z.uuid("invalid") });
export const accountSchema = z.object({ accountId: z.uuid("invalid") });

/** Where the page of releases begins: the row before it. */
export const releasesSchema = z.object({ after: z.uuid().optional().catch(undefined) });
export const releaseSchema = z.object({ releaseId: z.uuid("invalid") });

export const startReleaseSchema = z.object({
  accountId: z.uuid("invalid"),
  contractId: z.uuid("invalid"),
  reason: z.string().trim().min(5, "runReasonMissing").max(500, "runReasonLong"),
});

export const finishReleaseSchema = z.object({
  releaseId: z.uuid("invalid"),
  code: z.string().trim().min(1, "releaseCodeMissing").max(40, "codeLong"),
});

export type CaseKind = (typeof CASE_KINDS)[number];
export type CaseTopic = (typeof CASE_TOPICS)[number];

/** What a complaint is about, and a question. */
export const SERVICES = COMMODITIES;
export const TOPICS = CASE_TOPICS;

/** Where each kind is sent. */
export const PAGE_OF_KIND = { complaint: "/complaints", question: "/contact" } as const;

/** One line that may be left out. */
const optionalLine = (max: number, long: string) =>
  z
    .string()
    .trim()
    .max(max, long)
    .regex(/^\P{Cc}*$/u, "invalid")
    .transform((text) => text || undefined)
    .optional();

/** Several lines, each ended as browsers on any system would. */
const words = (missing: string) =>
  z
    .string()
    .transform((text) => text.replace(/\r\n?/g, "\n").trim())
    .pipe(
      z
        .string()
        .min(10, missing)
        .max(5_000, "caseMessageLong")
        .regex(/^(?:\P{Cc}|[\n\t])*$/u, "invalid"),
    );

const kind = z.enum(CASE_KINDS, "invalid");
/** Of the form as it was shown, so that what it sends twice is kept once; a form without one may send twice. */
const formKey = z.uuid().optional().catch(undefined);
/** Asked of a question in the place of a service. */
const topic = z.enum(CASE_TOPICS, "caseTopic").optional();
const message = words("caseMessageMissing");
const phone = optionalLine(30, "casePhone");

const hasTopic = ({ kind, topic }: { kind: CaseKind; topic?: string }) =>
  (kind === "question") === (topic !== undefined);

/** Whatever else is wrong: everything that is missing is said at once. */
const always = { when: () => true };

/** A complaint or question of anybody's: who it is from and where the answer goes. In the form's order. */
export const caseSchema = z
  .object({
    formKey,
    kind,
    company: z.string().min(1, "companyMissing").max(40, "companyMissing"),
    commodity: z.enum(COMMODITIES, "caseCommodity").optional(),
    topic,
    message,
    customerCode: optionalLine(40, "codeLong"),
    name: z
      .string()
      .trim()
      .min(2, "caseName")
      .max(100, "caseName")
      .regex(/^\P{Cc}*$/u, "invalid"),
    email: z.union([z.literal("").transform(() => undefined), emailSchema]).optional(),
    postalAddress: optionalLine(200, "casePostalLong"),
    phone,
  })
  .refine(hasTopic, { path: ["topic"], message: "caseTopic", ...always })
  .refine((typed) => typed.kind === "question" || typed.commodity !== undefined, {
    ...{ path: ["commodity"], message: "caseCommodity", ...always },
  })
  .refine(({ email, postalAddress }) => email !== undefined || postalAddress !== undefined, {
    ...{ path: ["email"], message: "caseReachable", ...always },
  });

/** A customer's own, about one of their contracts. */
export const ownCaseSchema = z
  .object({ formKey, kind, contractId: z.uuid("caseContract"), topic, message, phone })
  .refine(hasTopic, { path: ["topic"], message: "caseTopic", ...always });

export const caseIdSchema = z.object({ caseId: z.uuid("invalid") });

export const answerCaseSchema = z.object({
  caseId: z.uuid("invalid"),
  answer: words("caseAnswerMissing"),
});

/** The topic, and the supply, that a link to the page has chosen; what is wrong is absent. */
export const casePageSchema = z.object({
  topic: z.enum(CASE_TOPICS).optional().catch(undefined),
  contract: z.uuid().optional().catch(undefined),
});

/** Which cases staff look at; what is wrong is absent. */
export const casesSchema = z.object({
  kind: z.enum(CASE_KINDS).catch("complaint"),
  state: z.enum(["open", "answered"]).catch("open"),
  after: z.uuid().optional().catch(undefined),
});

/** The payload of the job `mail_case`. */
export const mailCasePayload = z.object({
  caseId: z.uuid(),
  what: z.enum(["receipt", "answer"]),
});
