import type { Command } from "commander";
import { addApproveCommand } from "./run/approve";
import { addCancelCommand } from "./run/cancel";
import { addCloseCommand } from "./run/close";
import { addFreezeCommand } from "./run/freeze";
import { addOpenCommand } from "./run/open";
import { addPlanCommand } from "./run/plan";
import { addPublishCommand } from "./run/publish";
import { addReconcileCommand } from "./run/reconcile";
import { addStatusCommand } from "./run/status";
import { stepsOf } from "./run/step";
import { addWithdrawCommand } from "./run/withdraw";

/** Adds `run open|freeze|plan|approve|publish|status|reconcile|close|cancel|withdraw`. */
export function addRunCommands(program: Command): void {
  const group = program
    .command("run")
    .description("invoicing runs: open, freeze the delivery plan, publish the bills, close");
  const add = stepsOf(group);
  addOpenCommand(group);
  addFreezeCommand(add);
  addPlanCommand(add);
  addApproveCommand(add);
  addPublishCommand(add);
  addStatusCommand(add);
  addReconcileCommand(add);
  addCloseCommand(add);
  addCancelCommand(add);
  addWithdrawCommand(add);
}
