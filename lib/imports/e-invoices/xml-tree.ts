import { BoundedXml } from "../bounded-xml";
import type { FaultList } from "../errors";
import { xmlText } from "./xml-text";

/** An element with its children, or with its text where it has none; names are without their prefix. */
export interface XmlNode {
  name: string;
  /** Where it opens, from 1. */
  line: number;
  /** The root's; nobody asks for others, and there may be millions. */
  attributes: Record<string, string>;
  text: string;
  children: readonly XmlNode[];
}

/** Characters between two tags: a PDF of 20 MB in base64. */
const TEXT_MAX = 28 * 1024 * 1024;
/** Elements of one part; an invoice of 20,000 lines has fewer. */
const NODES_MAX = 500_000;

const NONE: Record<string, string> = {};
/** Most elements have none, and there are millions. */
const NO_CHILDREN: readonly XmlNode[] = [];

/** The root, still empty, or one of its children with what is in it. */
interface Piece {
  root: XmlNode;
  part: XmlNode | null;
}

/**
 * Reads an XML file and gives its root, and then its children, as they come: those of one chunk are in memory.
 * @throws {ImportRefusedError} for anything that is not well-formed, any DOCTYPE, and what is larger than a
 *   file of the kind can be
 */
export async function* xmlParts(
  content: AsyncIterable<Buffer>,
  faults: FaultList,
): AsyncGenerator<Piece[]> {
  const ready: Piece[] = [];
  const stack: XmlNode[] = [];
  let nodes = 0;
  const xml = new BoundedXml(
    faults,
    {
      open(name, attributes) {
        const node = {
          name,
          line: xml.line,
          attributes: stack.length === 0 ? attributes : NONE,
          text: "",
          children: NO_CHILDREN,
        };
        nodes = stack.length <= 1 ? 0 : nodes + 1;
        if (nodes > NODES_MAX) {
          faults.refuse({ line: xml.line, reason: "has more elements than any such file" });
        }
        if (stack.length === 0) {
          ready.push({ root: node, part: null });
        } else if (stack.length > 1) {
          addChild(stack[stack.length - 1] as XmlNode, node);
        }
        stack.push(node);
      },
      close() {
        const node = stack.pop();
        const [root] = stack;
        if (node && root && stack.length === 1) {
          ready.push({ root, part: node });
        }
      },
      text(text) {
        const node = stack[stack.length - 1];
        // What stands between elements is no text of theirs.
        if (node && node.children === NO_CHILDREN && stack.length > 1) {
          node.text += text;
        }
      },
    },
    TEXT_MAX,
  );
  for await (const piece of xmlText(content, faults)) {
    xml.write(piece);
    yield ready.splice(0);
  }
  xml.close();
  yield ready.splice(0);
}

function addChild(parent: XmlNode, child: XmlNode): void {
  if (parent.children === NO_CHILDREN) {
    parent.children = [child];
  } else {
    (parent.children as XmlNode[]).push(child);
  }
}

/** Every element at a path such as `DatiGenerali/DatiContratto`, below a node. */
export function all(node: XmlNode, path: string): XmlNode[] {
  const found: XmlNode[] = [];
  gather(node, namesOf(path), 0, found);
  return found;
}

/** The trimmed text of the first element at a path; undefined where there is none or it is empty. */
export function textAt(node: XmlNode, path: string): string | undefined {
  return firstOf(node, namesOf(path), 0)?.text.trim() || undefined;
}

function gather(node: XmlNode, names: string[], at: number, found: XmlNode[]): void {
  for (const child of node.children) {
    if (child.name !== names[at]) {
      continue;
    }
    if (at + 1 === names.length) {
      found.push(child);
    } else {
      gather(child, names, at + 1, found);
    }
  }
}

function firstOf(node: XmlNode, names: string[], at: number): XmlNode | undefined {
  for (const child of node.children) {
    if (child.name === names[at]) {
      const found = at + 1 === names.length ? child : firstOf(child, names, at + 1);
      if (found) {
        return found;
      }
    }
  }
  return undefined;
}

/** Paths are few, and looked for in every line of every invoice. */
const paths = new Map<string, string[]>();

function namesOf(path: string): string[] {
  let names = paths.get(path);
  if (!names) {
    names = path.split("/");
    paths.set(path, names);
  }
  return names;
}
