import { startFromShell } from "./demo/shell";

await startFromShell("demo", { development: false });
