import { SaxesParser, type SaxesTagPlain } from "saxes";
import { FormatError } from "../errors/format-error.ts";
import type { Collector, Feed } from "../format/format.ts";
import { XmlElement } from "./element.ts";

/** What a reader wants of the elements at one path. */
export interface XmlHandler {
  /** The element begins; given before anything within it. */
  readonly open?: (attributes: Readonly<Record<string, string>>, line: number) => void;
  /** The element with all that is in it; nothing within it is handled on its own. */
  readonly whole?: (element: XmlElement) => void;
  readonly close?: () => void;
}

interface Step {
  handler: XmlHandler | undefined;
  readonly next: Map<string, Step>;
}

// XML has none of them; some tools write them nonetheless, where a target's answer held them.
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;

/**
 * Reads XML. Handlers are keyed by path (`nmaprun/host`), or by name alone at any depth (`**` + `/result`). `several`
 * is the root element of whole documents that may follow each other.
 */
export function xmlFeed(
  into: Collector,
  handlers: Readonly<Record<string, XmlHandler>>,
  options: { several?: string } = {},
): Feed {
  const { several } = options;
  return several === undefined ? new XmlFeed(into, handlers) : new XmlFeeds(several, () => new XmlFeed(into, handlers));
}

/** Documents one after the other: each begins with a declaration, a document type, or the root element itself. */
class XmlFeeds implements Feed {
  readonly #next: () => XmlFeed;
  /** What may begin a document, and how much of it may stand at the end of a piece. */
  readonly #start: RegExp;
  readonly #longestStart: number;
  #feed: XmlFeed;
  #rest = "";

  constructor(root: string, next: () => XmlFeed) {
    this.#next = next;
    this.#feed = next();
    const name = root.replaceAll(".", String.raw`\.`);
    const starts = [String.raw`\?xml\s`, "!DOCTYPE", ...(name === "" ? [] : [`${name}[\\s/>]`])];
    this.#start = new RegExp(`<(?:${starts.join("|")})`, "g");
    this.#longestStart = Math.max("<!DOCTYPE".length, root.length + 1);
  }

  write(text: string): void {
    const all = this.#rest + text;
    const open = all.lastIndexOf("<");
    // A start may be cut in two.
    const end = open !== -1 && all.length - open <= this.#longestStart ? open : all.length;
    this.#rest = all.slice(end);
    const whole = all.slice(0, end);
    let from = 0;
    for (const { index, 0: start } of whole.matchAll(this.#start)) {
      this.#part(whole.slice(from, index));
      from = index;
      // A declaration also ends a document that was cut off.
      if (!this.#feed.isDone && !(this.#feed.isBegun && start.startsWith("<?"))) continue;
      this.#feed.end();
      this.#feed = this.#next();
    }
    this.#part(whole.slice(from));
  }

  #part(text: string): void {
    // Space may stand between two documents, and before a declaration.
    if (!this.#feed.isBegun && text.trim() === "") return;
    this.#feed.write(text);
  }

  end(): void {
    this.#part(this.#rest);
    this.#feed.end();
  }
}

class XmlFeed implements Feed {
  readonly #parser: SaxesParser;
  readonly #into: Collector;
  readonly #top: Step = { handler: undefined, next: new Map() };
  readonly #anywhere = new Map<string, Step>();
  /** Steps of the open elements that are not within a whole one; undefined where no handler leads. */
  readonly #open: (Step | undefined)[] = [];
  /** Open elements of the one that is read whole. */
  readonly #stack: XmlElement[] = [];
  #whole: ((element: XmlElement) => void) | undefined;
  #written = 0;
  #lastEvent = 0;
  #wholeFrom = 0;
  #attributes = 0;
  #ending = false;
  isBegun = false;
  /** The root element has ended. */
  isDone = false;

  constructor(into: Collector, handlers: Readonly<Record<string, XmlHandler>>) {
    this.#into = into;
    for (const [path, handler] of Object.entries(handlers)) this.#add(path, handler);
    this.#parser = new SaxesParser({});
    this.#parser.on("error", (error) => this.#fail(error));
    this.#parser.on("doctype", (text) => this.#doctype(text));
    this.#parser.on("attribute", () => {
      this.#attributes += 1;
      if (this.#attributes > into.limits.attributes)
        this.#refuse(`an element has more than ${into.limits.attributes} attributes`);
    });
    this.#parser.on("opentag", (tag) => this.#opened(tag));
    this.#parser.on("closetag", () => this.#closed());
    this.#parser.on("text", (text) => this.#text(text));
    this.#parser.on("cdata", (text) => this.#text(text));
  }

  #add(path: string, handler: XmlHandler): void {
    if (path.startsWith("**/")) {
      this.#anywhere.set(path.slice(3), { handler, next: new Map() });
      return;
    }
    let step = this.#top;
    for (const name of path.split("/")) {
      let next = step.next.get(name);
      if (next === undefined) {
        next = { handler: undefined, next: new Map() };
        step.next.set(name, next);
      }
      step = next;
    }
    step.handler = handler;
  }

  write(text: string): void {
    this.isBegun = true;
    const clean = text.replaceAll(control, "");
    if (clean.length < text.length) this.#into.count("cleaned", undefined, text.length - clean.length);
    this.#written += text.length;
    this.#parser.write(clean);
    if (this.#written - this.#lastEvent > this.#into.limits.xmlText)
      this.#refuse(`more than ${this.#into.limits.xmlText} characters stand between two tags`);
    if (this.#whole !== undefined && this.#written - this.#wholeFrom > this.#into.limits.xmlElement)
      this.#refuse(`an element holds more than ${this.#into.limits.xmlElement} characters`);
  }

  end(): void {
    this.#ending = true;
    try {
      this.#parser.close();
    } catch (error) {
      if (!(error instanceof FormatError) || error.code !== "REPORT_MALFORMED") throw error;
      this.#into.cutOff("the XML is not closed", `line ${this.#parser.line}`);
    }
  }

  #fail(error: Error): never {
    // The parser's messages may quote the report: what is said stands before the first colon after the position.
    const known = /undefined entity|malformed character entity|unclosed|attribute|tag|root|character/.exec(
      error.message,
    );
    const what = this.#ending ? "ends too early" : `is not well-formed${known === null ? "" : ` (${known[0]})`}`;
    throw new FormatError("REPORT_MALFORMED", `line ${this.#parser.line}`, `the XML ${what}`);
  }

  #refuse(reason: string): never {
    throw new FormatError("REPORT_UNSAFE", `line ${this.#parser.line}`, reason);
  }

  #doctype(text: string): void {
    this.#lastEvent = this.#written;
    if (/<!\s*ENTITY/i.test(text)) this.#refuse("the document type declares entities");
  }

  #opened(tag: SaxesTagPlain): void {
    this.#lastEvent = this.#written;
    this.#attributes = 0;
    if (this.#open.length + this.#stack.length >= this.#into.limits.depth)
      this.#refuse(`elements are nested deeper than ${this.#into.limits.depth}`);
    if (this.#whole !== undefined) {
      this.#enter(tag);
      return;
    }
    const parent = this.#open.length === 0 ? this.#top : this.#open.at(-1);
    const step = parent?.next.get(tag.name) ?? this.#anywhere.get(tag.name);
    this.#open.push(step);
    step?.handler?.open?.(tag.attributes, this.#parser.line);
    if (step?.handler?.whole === undefined) return;
    this.#whole = step.handler.whole;
    this.#wholeFrom = this.#written;
    this.#stack.push(new XmlElement(tag.name, tag.attributes, this.#parser.line));
  }

  #enter(tag: SaxesTagPlain): void {
    const element = new XmlElement(tag.name, tag.attributes, this.#parser.line);
    this.#stack.at(-1)?.children.push(element);
    this.#stack.push(element);
  }

  #closed(): void {
    this.#lastEvent = this.#written;
    if (this.#whole !== undefined) {
      const element = this.#stack.pop();
      if (this.#stack.length > 0 || element === undefined) return;
      const whole = this.#whole;
      this.#whole = undefined;
      whole(element);
    }
    this.#open.pop()?.handler?.close?.();
    this.isDone = this.#open.length === 0;
  }

  #text(text: string): void {
    const element = this.#stack.at(-1);
    if (element !== undefined) element.text += text;
  }
}
