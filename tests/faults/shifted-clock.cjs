/** Loaded before a program: its clock, and no timer of it, is off by the milliseconds that the file FAULT_CLOCK holds. */
const { readFileSync } = require("node:fs");

const Real = globalThis.Date;
let offset = 0;
const look = () => {
  try {
    offset = Number(readFileSync(process.env.FAULT_CLOCK, "utf8")) || 0;
  } catch {
    // It is being written.
  }
};
look();
setInterval(look, 50).unref();
const now = () => Real.now() + offset;
globalThis.Date = new Proxy(Real, {
  construct: (target, given, as) =>
    Reflect.construct(target, given.length > 0 ? given : [now()], as),
  apply: () => new Real(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
