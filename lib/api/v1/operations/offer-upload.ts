import { z } from "zod";
import {
  largestDirectUpload,
  offerUpload,
  takesDirectUploads,
  type UploadOwner,
} from "@/lib/storage/direct-uploads";
import { companyOfCall } from "../caller-company";
import { type Call, NONE, operation } from "../operation";
import { ProblemError } from "../problem";
import { MEDIA, type Medium } from "../rules";
import { uploadSchema } from "../schema";
import { companyParameter } from "./parameters";

/** Whose uploads a call may make and name: its key's, in one company. */
export const ownerOfCall = (
  { caller }: Pick<Call<object, object, object>, "caller">,
  company: { id: number },
): UploadOwner => ({ companyId: company.id, by: caller.keyId });

export const offerUploadOperation = operation({
  id: "offerUpload",
  method: "post",
  address: "/uploads",
  summary: "Ask where a large file may be sent",
  description:
    "For servers that take small bodies only, such as Vercel's with 4.5 MB. Send the file to the answered url with one PUT " +
    "and the answered headers, exactly as large as announced, within a quarter of an hour; then name the upload's id with " +
    "upload= at POST /imports/{import} or, of a ZIP with PDFs, at POST /documents. Your API key is not for that url.",
  scope: "imports:write",
  path: NONE,
  query: z.strictObject({
    company: companyParameter,
    bytes: z.coerce
      .number("must be a whole number")
      .int("must be a whole number")
      .min(1, "must be 1 or more")
      .describe("How large the file is, exactly"),
    type: z
      .enum(Object.keys(MEDIA) as [Medium, ...Medium[]], `must be ${Object.keys(MEDIA).join(", ")}`)
      .describe("What the file is"),
  }),
  headers: NONE,
  answers: { 201: { description: "The place is held", schema: uploadSchema } },
  problems: ["not_found", "not_possible", "too_large"],
  async handle(call) {
    const { bytes, type } = call.query;
    const company = await companyOfCall(call, call.query.company);
    if (!takesDirectUploads()) {
      throw new ProblemError(
        "not_possible",
        "Files are not sent to the storage here; send the file as the body of the import.",
        { reason: "no_direct_uploads" },
      );
    }
    const largest = largestDirectUpload();
    if (bytes > largest) {
      throw new ProblemError("too_large", `A file has ${largest} bytes at most; send it in parts.`);
    }
    const { id, expiresAt, puts } = await offerUpload(ownerOfCall(call, company), [
      { part: "file", ending: MEDIA[type], contentType: type, bytes },
    ]);
    return Response.json(
      {
        id,
        method: "PUT",
        url: puts.file?.url ?? "",
        headers: puts.file?.headers ?? {},
        expiresAt: expiresAt.toISOString(),
      } satisfies z.input<typeof uploadSchema>,
      { status: 201 },
    );
  },
});
