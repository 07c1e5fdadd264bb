import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { pathToFileURL } from "node:url";

/**
 * `npm run email`: React Email's own preview of emails/. It listens on every interface and knows no
 * other way (there is no option for it), so a port asked for here is taken on 127.0.0.1 only.
 */
type Listen = (this: net.Server, ...args: unknown[]) => net.Server;
const listen = net.Server.prototype.listen as Listen;
net.Server.prototype.listen = function onLoopback(this: net.Server, ...args: unknown[]) {
  const [port, ...rest] = args;
  return typeof port === "number"
    ? listen.call(this, port, "127.0.0.1", ...rest)
    : listen.apply(this, args);
} as typeof net.Server.prototype.listen;

const manifest = createRequire(import.meta.url).resolve("react-email");
const cli = path.join(path.dirname(manifest), "cli", "index.mjs");
process.argv = [
  ...process.argv.slice(0, 2),
  "dev",
  "--dir",
  "emails",
  "--port",
  process.env.PORT || "3030",
];
await import(pathToFileURL(cli).href);
