import path from "node:path";

/** Where everything local lives: database, PDFs, mails, `demo.json`. */
export function dataFolder(): string {
  return path.resolve(process.env.SPORTELLO_DATA || ".sportello");
}
