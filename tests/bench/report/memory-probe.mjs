import { createServer } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/*
 * Loaded into the web process of the bench: collects all that can be collected, and tells what is left. It listens
 * on loopback at the port of BENCH_PROBE_PORT; a second process below finds it taken and does without.
 */
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

createServer((_request, response) => {
  collect();
  collect();
  const { heapUsed } = process.memoryUsage();
  response.end(JSON.stringify({ heapUsed }));
})
  .on("error", () => {})
  .listen(Number(process.env.BENCH_PROBE_PORT), "127.0.0.1")
  .unref();
