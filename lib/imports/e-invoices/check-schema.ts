import { readFile } from "node:fs/promises";
import path from "node:path";
import type { XmlDocument, XmlElement, XsdValidator } from "libxml2-wasm";
import { RefusalError } from "@/lib/errors";
import { DOCTYPE } from "../bounded-xml";
import { discreet, type FaultList } from "../errors";

/** Bytes that are handed on together. */
const PIECE = 2 ** 16;
/** Tags of a file: it takes about 200 bytes of memory for each. */
const TAGS_MAX = 1_000_000;
/** One slip of the exporting program is repeated in every line. */
const FAULTS_MAX = 100;
/** Elements of one name among which a fault's is looked for. */
const NAMED_MAX = 100_000;

/**
 * Checks a file against the agency's schema before it is read: each fault with its line and the element's XPath.
 * `schema` is the path of the .xsd; what it includes is looked for beside it, nothing is fetched.
 * The first 100 faults are told.
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
    chunks.push(Buffer.from(chunk));
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.includes("<!DOCTYPE")) {
    faults.refuse({ reason: DOCTYPE });
  }
  if (hasMoreTags(bytes)) {
    faults.refuse({ reason: "has more elements than any such file" });
  }
  const found = await validate(bytes, schema);
  for (const fault of found) {
    faults.add(fault);
  }
  if (found.length > 0) {
    faults.throwIfAny();
  }
  return piecesOf(bytes);
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield bytes.subarray(at, at + PIECE);
  }
}

/** The whole file is a tree in the validator's memory. */
function hasMoreTags(bytes: Buffer): boolean {
  let count = 0;
  for (let at = bytes.indexOf("<"); at >= 0; at = bytes.indexOf("<", at + 1)) {
    count += 1;
    if (count > TAGS_MAX) {
      return true;
    }
  }
  return false;
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
      const elements = elementsOf(invoice);
      return error.details.slice(0, FAULTS_MAX).map((detail) => toFault(detail, elements));
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
  elements: (name: string) => Map<number, XmlElement>,
): SchemaFault {
  const name = /^Element '(?:\{[^}]*\})?([^']+)'/.exec(message)?.[1];
  const found = elements(name ?? "").get(line ?? 0);
  return {
    line,
    column: found && pathOf(found),
    reason: discreet(
      message
        .trim()
        .replace(/\s+/g, " ")
        .replaceAll(/\{http[^}]*\}/g, ""),
    ).slice(0, 300),
  };
}

/** The elements of a name by their line, of each line the first; those of a name are looked for once. */
function elementsOf(invoice: XmlDocument | undefined): (name: string) => Map<number, XmlElement> {
  const known = new Map<string, Map<number, XmlElement>>();
  return (name) => {
    let byLine = known.get(name);
    if (!byLine) {
      byLine = new Map();
      known.set(name, byLine);
      const path = `(//*[local-name() = '${name.replaceAll("'", "")}'])[position() <= ${NAMED_MAX}]`;
      for (const node of invoice?.root.find(path) ?? []) {
        if (!byLine.has(node.line)) {
          byLine.set(node.line, node as XmlElement);
        }
      }
    }
    return byLine;
  };
}

/** `/FatturaElettronica/FatturaElettronicaBody[2]/…`: XPath by local names. */
function pathOf(element: XmlElement): string {
  const steps: string[] = [];
  for (let at: XmlElement | null = element; at; at = at.parent) {
    const { name } = at;
    const alike = (axis: string) =>
      Number(at?.eval(`count(${axis}-sibling::*[local-name() = '${name}'])`));
    const before = alike("preceding");
    steps.unshift(before + alike("following") > 0 ? `${name}[${before + 1}]` : name);
  }
  return `/${steps.join("/")}`;
}
