import { SaxesParser } from "saxes";
import type { FaultList } from "./errors";

/** Said of any DOCTYPE, before anything of it is read. */
export const DOCTYPE = "the XML has a DOCTYPE, which may hide anything; export it without one";

/** Characters without a tag: a text, a name or an attribute of that length says nothing to us. */
const LONGEST_TEXT = 1024 * 1024;
const DEEPEST = 60;
const MOST_ATTRIBUTES = 100;

interface Listener {
  /** Names come without their prefix. */
  open(name: string, attributes: Record<string, string>): void;
  close(name: string): void;
  text(text: string): void;
}

/**
 * A parser of XML from strangers: no DOCTYPE and so no entities, and nothing in it may grow without
 * bound.
 */
export class BoundedXml {
  private readonly parser = new SaxesParser({ xmlns: false, position: true });
  private sinceTag = 0;
  /** Of the elements that are open. */
  private readonly names: string[] = [];
  private attributes = 0;

  constructor(
    private readonly faults: FaultList,
    listener: Listener,
    /** Of files with something packed into a text: how many characters that may have. */
    private readonly longestText = LONGEST_TEXT,
  ) {
    const { parser } = this;
    parser.on("doctype", () => this.refuse(DOCTYPE));
    // No more listeners than these: each is a property of the parser, and with eight V8 keeps it as a
    // dictionary, five times as slow.
    parser.on("attribute", () => {
      this.attributes += 1;
      if (this.attributes > MOST_ATTRIBUTES) {
        this.refuse(`an element has more than ${MOST_ATTRIBUTES} attributes`);
      }
    });
    parser.on("opentag", ({ name, attributes }) => {
      this.sinceTag = 0;
      this.attributes = 0;
      if (this.names.length === DEEPEST) {
        this.refuse(`the XML is nested more than ${DEEPEST} deep`);
      }
      const opened = local(name);
      this.names.push(opened);
      listener.open(opened, attributes);
    });
    parser.on("closetag", () => {
      this.sinceTag = 0;
      listener.close(this.names.pop() ?? "");
    });
    parser.on("text", (text) => listener.text(text));
    parser.on("cdata", (text) => listener.text(text));
  }

  /** The line it has come to. */
  get line(): number {
    return this.parser.line;
  }

  /** @throws {ImportRefusedError} if it is not well-formed, has a DOCTYPE, or goes beyond a bound. */
  write(text: string): void {
    this.sinceTag += text.length;
    this.parsed(() => this.parser.write(text));
    if (this.sinceTag > this.longestText) {
      const megabytes = Math.round(this.longestText / 1024 / 1024);
      this.refuse(`the XML holds a text of more than ${megabytes} MB`);
    }
  }

  /** @throws {ImportRefusedError} if an element is left open. */
  close(): void {
    this.parsed(() => this.parser.close());
  }

  /** Without a listener the parser throws what is not well-formed; the listeners throw refusals. */
  private parsed(parse: () => void): void {
    try {
      parse();
    } catch (error) {
      if (!(error instanceof Error) || error.constructor !== Error) {
        throw error;
      }
      const reason = error.message.replace(/^.*?\d+:\d+:? /, "").slice(0, 80);
      this.refuse(`the XML is not well-formed (${reason})`);
    }
  }

  private refuse(reason: string): never {
    return this.faults.refuse({ line: this.line, reason });
  }
}

function local(name: string): string {
  const colon = name.indexOf(":");
  return colon < 0 ? name : name.slice(colon + 1);
}
