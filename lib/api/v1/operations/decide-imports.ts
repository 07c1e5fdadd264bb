import { applyChecked, cancelImport } from "@/lib/imports/commands/decide-import";
import { type RevertFailure, revertImport } from "@/lib/imports/commands/revert-import";
import { importOfCall } from "../caller-company";
import { NONE, operation } from "../operation";
import { ProblemError } from "../problem";
import { importSchema, revertedSchema } from "../schema";
import { importAnswer, ofImport } from "./look-at-imports";

const notPossible = (reason: string, sentence: string) =>
  new ProblemError("not_possible", sentence, { reason });

export const applyImport = operation({
  id: "applyImport",
  method: "post",
  address: "/imports/{import}/apply",
  summary: "Apply what a dry run has checked",
  description: "The file is checked once more, since the world goes on.",
  scope: "imports:write",
  path: ofImport,
  query: NONE,
  headers: NONE,
  answers: { 202: { description: "A worker applies it", schema: importSchema } },
  problems: ["not_found", "not_possible"],
  async handle(call) {
    const { id, state } = await importOfCall(call, call.path.import);
    const applied = await applyChecked(call.ctx, id);
    if (!applied.ok) {
      throw notPossible(
        applied.code,
        applied.code === "not_checked"
          ? `The import is ${state}; only one that is checked can be applied.`
          : "The import's file was not uploaded; apply it where it was imported.",
      );
    }
    return Response.json(importAnswer(await importOfCall(call, id)), { status: 202 });
  },
});

export const cancelImportOperation = operation({
  id: "cancelImport",
  method: "post",
  address: "/imports/{import}/cancel",
  summary: "Give an import up",
  description: "What was applied of it stays; whoever carries it out stops at its next batch.",
  scope: "imports:write",
  path: ofImport,
  query: NONE,
  headers: NONE,
  answers: { 200: { description: "It is cancelled", schema: importSchema } },
  problems: ["not_found", "not_possible"],
  async handle(call) {
    const { id, state } = await importOfCall(call, call.path.import);
    const cancelled = await cancelImport(call.ctx, id);
    if (!cancelled.ok) {
      throw notPossible(
        cancelled.code,
        cancelled.code === "ended"
          ? `The import is ${state}; there is nothing to cancel.`
          : "The import is being carried out; wait for its end.",
      );
    }
    return Response.json(importAnswer(await importOfCall(call, id)));
  },
});

const REVERT: Record<RevertFailure, string> = {
  not_bills: "Only imports of bills can be reverted.",
  not_a_run: "Only imports of bills into a run can be reverted; take single bills back one by one.",
  published: "The run is published: take wrong bills back by a withdrawal.",
  imported_over: "A later import changed the same bills; revert that one first.",
  reverted: "The import was reverted before.",
  under_way: "The import is being checked; wait, or cancel it.",
};

export const revertImportOperation = operation({
  id: "revertImport",
  method: "post",
  address: "/imports/{import}/revert",
  summary: "Take an import of bills into a run back",
  description: "As long as none of them is published. All is as it was before, PDFs included.",
  scope: "imports:write",
  path: ofImport,
  query: NONE,
  headers: NONE,
  answers: { 200: { description: "It is as it was before", schema: revertedSchema } },
  problems: ["not_found", "not_possible"],
  async handle(call) {
    const { id } = await importOfCall(call, call.path.import);
    const reverted = await revertImport(call.ctx, id);
    if (!reverted.ok) {
      throw notPossible(reverted.code, REVERT[reverted.code]);
    }
    return Response.json(reverted.value);
  },
});
