import { startFromShell } from "./demo/shell";

await startFromShell("dev", { development: true });
