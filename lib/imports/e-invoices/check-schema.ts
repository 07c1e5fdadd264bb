import { readFile } from "node:fs/promises";
import path from "node:path";
import type { XmlDocument, XmlElement, XmlTreeNode, XsdValidator } from "libxml2-wasm";
import { RefusalError } from "@/lib/errors";
import { DOCTYPE } from "../bounded-xml";
import { discreet, type FaultList } from "../errors";

/**
 * Checks a file against the agency's schema before it is read: each fault with its line and the element's XPath.
 * `schema` is the path of the .xsd; what it includes is looked for beside it, nothing is fetched.
 * @returns the file's bytes
 * @throws {ImportRefusedError} if it does not hold
 * @throws {RefusalError} if the schema is not there or is none
 */
export async function checkAgainstSchema(
  content: AsyncIterable<Buffer>,
  schema: string,
  faults: FaultList,
): Promise<AsyncIterable<Buffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) {
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  if (/<!DOCTYPE/i.test(bytes.subarray(0, 64 * 1024).toString("latin1"))) {
    faults.refuse({ reason: DOCTYPE });
  }
  const found = await validate(bytes, schema);
  for (const fault of found) {
    faults.add(fault);
  }
  if (found.length > 0) {
    faults.throwIfAny();
  }
  return one(bytes);
}

async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function validate(bytes: Buffer, schema: string): Promise<SchemaFault[]> {
  const { XmlDocument, XmlLibError, XsdValidator } = await import("libxml2-wasm");
  const { xmlRegisterFsInputProviders } = await import("libxml2-wasm/lib/nodejs.mjs");
  xmlRegisterFsInputProviders();
  const text = await readFile(schema).catch(() => {
    throw new RefusalError(`There is no schema ${schema}; --schema names the agency's .xsd file.`);
  });
  const noSchema = () => new RefusalError(`${schema} is no XML schema that can be read.`);
  let declared: XmlDocument | undefined;
  let invoice: XmlDocument | undefined;
  let validator: XsdValidator | undefined;
  try {
    try {
      declared = XmlDocument.fromBuffer(text, { url: path.resolve(schema) });
      validator = XsdValidator.fromDoc(declared);
    } catch {
      throw noSchema();
    }
    try {
      invoice = XmlDocument.fromBuffer(bytes);
      validator.validate(invoice);
      return [];
    } catch (error) {
      if (!(error instanceof XmlLibError)) {
        throw error;
      }
      return error.details.map((detail) => toFault(detail, invoice));
    }
  } finally {
    validator?.dispose();
    invoice?.dispose();
    declared?.dispose();
  }
}

interface SchemaFault {
  line?: number;
  column?: string;
  reason: string;
}

/** The validator names the element and its line; its path is found from there. */
function toFault(
  { line, message }: { line?: number; message: string },
  invoice: XmlDocument | undefined,
): SchemaFault {
  const name = /^Element '(?:\{[^}]*\})?([^']+)'/.exec(message)?.[1];
  const found = invoice?.root
    .find(`//*[local-name() = '${(name ?? "").replaceAll("'", "")}']`)
    .find((node) => node.line === line);
  return {
    line,
    column: found ? pathOf(found as XmlElement) : undefined,
    reason: discreet(
      message
        .trim()
        .replace(/\s+/g, " ")
        .replaceAll(/\{http[^}]*\}/g, ""),
    ).slice(0, 300),
  };
}

/** `/FatturaElettronica/FatturaElettronicaBody[2]/…`: XPath by local names. */
function pathOf(element: XmlElement): string {
  const steps: string[] = [];
  for (let at: XmlElement | null = element; at; at = at.parent) {
    const { name, line } = at;
    const alike = siblingsOf(at).filter((other) => (other as XmlElement).name === name);
    const place = alike.filter((other) => other.line < line).length + 1;
    steps.unshift(alike.length > 1 ? `${name}[${place}]` : name);
  }
  return `/${steps.join("/")}`;
}

function siblingsOf(element: XmlElement): XmlTreeNode[] {
  const found: XmlTreeNode[] = [];
  let next: XmlTreeNode | null = element.parent?.firstChild ?? element;
  while (next) {
    found.push(next);
    next = element.parent ? next.next : null;
  }
  return found;
}
