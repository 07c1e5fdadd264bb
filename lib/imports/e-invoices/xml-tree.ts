import { SaxesParser } from "saxes";
import { type FaultList, ImportRefusedError, shown } from "../errors";
import { xmlText } from "./xml-text";

/** An element with its text and children; names are without their prefix. */
export interface XmlNode {
  name: string;
  /** Where it opens, from 1. */
  line: number;
  attributes: Record<string, string>;
  text: string;
  children: XmlNode[];
}

const DEPTH_MAX = 32;
/** Characters between two tags: a PDF of 20 MB in base64. */
const TEXT_MAX = 28 * 1024 * 1024;
/** Elements of one part; an invoice of 20,000 lines has fewer. */
const NODES_MAX = 500_000;
/** Characters before the first element: a comment, not a bomb. */
const PROLOG_MAX = 64 * 1024;

/**
 * Reads an XML file and gives its root's children one by one, each with what is in it, and the root itself
 * first, still empty: one part at a time is in memory.
 * @throws {ImportRefusedError} for anything that is not well-formed, any DOCTYPE, and what is larger than a
 *   file of the kind can be
 */
export async function* xmlParts(
  content: AsyncIterable<Buffer>,
  faults: FaultList,
): AsyncGenerator<{ root: XmlNode; part: XmlNode | null }> {
  const ready: { root: XmlNode; part: XmlNode | null }[] = [];
  const state = { stack: [] as XmlNode[], nodes: 0, since: 0, prolog: "" };
  const parser = new SaxesParser({ position: true });
  const refuse = (reason: string) => faults.refuse({ line: parser.line, reason });
  parser.on("error", (error) =>
    refuse(
      `is not well-formed XML: ${shown(error.message.replace(/^\S*\d+:\d+:\s*/, "").replace(/\.$/, ""))}`,
    ),
  );
  parser.on("doctype", () => refuse(DOCTYPE));
  parser.on("opentag", ({ name, attributes }) => {
    const { stack } = state;
    state.since = 0;
    state.nodes = stack.length <= 1 ? 0 : state.nodes + 1;
    if (stack.length >= DEPTH_MAX || state.nodes > NODES_MAX) {
      refuse("is nested deeper, or has more elements, than any such file");
    }
    const node: XmlNode = {
      name: name.slice(name.indexOf(":") + 1),
      line: parser.line,
      attributes: attributes as Record<string, string>,
      text: "",
      children: [],
    };
    if (stack.length === 0) {
      ready.push({ root: node, part: null });
    } else if (stack.length > 1) {
      stack.at(-1)?.children.push(node);
    }
    stack.push(node);
  });
  const addText = (text: string) => {
    const node = state.stack.at(-1);
    if (node && state.stack.length > 1) {
      node.text += text;
    }
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    state.since = 0;
    const node = state.stack.pop();
    const [root] = state.stack;
    if (node && root && state.stack.length === 1) {
      ready.push({ root, part: node });
    }
  });
  for await (const piece of xmlText(content, faults)) {
    checkProlog(state, piece, refuse);
    state.since += piece.length;
    if (state.since > TEXT_MAX) {
      refuse("has an element with more than 20 MB in it");
    }
    write(() => parser.write(piece), refuse);
    yield* ready.splice(0);
  }
  write(() => parser.close(), refuse);
  yield* ready.splice(0);
}

const DOCTYPE = "has a DOCTYPE, which no such file needs; export it without";

function checkProlog(
  state: { stack: XmlNode[]; nodes: number; prolog: string },
  piece: string,
  refuse: (reason: string) => never,
): void {
  if (state.stack.length > 0 || state.prolog === "root") {
    state.prolog = "root";
    return;
  }
  state.prolog += piece;
  if (/<!DOCTYPE/i.test(state.prolog.slice(0, PROLOG_MAX))) {
    refuse(DOCTYPE);
  }
  if (state.prolog.length > PROLOG_MAX && !/<[A-Za-z_]/.test(state.prolog)) {
    refuse("has no element in its first 64 KB");
  }
}

/** What the parser throws is either our refusal or something it does not expect. */
function write(work: () => void, refuse: (reason: string) => never): void {
  try {
    work();
  } catch (error) {
    if (error instanceof ImportRefusedError) {
      throw error;
    }
    refuse("is not XML that can be read");
  }
}

/** Every element at a path such as `DatiGenerali/DatiContratto`, below a node. */
export function all(node: XmlNode, path: string): XmlNode[] {
  return path
    .split("/")
    .reduce<XmlNode[]>(
      (found, name) => found.flatMap(({ children }) => children.filter((one) => one.name === name)),
      [node],
    );
}

/** The trimmed text of the first element at a path; undefined where there is none or it is empty. */
export function textAt(node: XmlNode, path: string): string | undefined {
  return all(node, path)[0]?.text.trim() || undefined;
}
