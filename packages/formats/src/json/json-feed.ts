import { Tokenizer, type TokenType } from "@streamparser/json";
import { FormatError } from "../errors/format-error.ts";
import type { Feed, FeedCollector } from "../format/format.ts";

/** What a reader wants of the values at one path. */
export interface JsonHandler {
  /** An object or list begins; given before anything within it. */
  readonly open?: (key: string) => void;
  /** The value with all that is in it; nothing within it is handled on its own. `place` is where it begins. */
  readonly whole?: (value: unknown, key: string, place: string) => void;
  readonly close?: () => void;
}

interface Step {
  handler: JsonHandler | undefined;
  readonly next: Map<string, Step>;
}

/** An object or list that is open. */
interface Frame {
  readonly isList: boolean;
  /** Undefined where nobody wants it whole. */
  readonly value: Record<string, unknown> | unknown[] | undefined;
  readonly step: Step | undefined;
  readonly ownKey: string;
  readonly from: number;
  key: string;
}

type Expected = "value" | "value or end" | "key" | "key or end" | "colon" | "comma or end" | "nothing";

// The tokens of the tokenizer, whose enumeration exists for the compiler only.
const leftBrace = 0 satisfies TokenType.LEFT_BRACE as number;
const rightBrace = 1;
const leftBracket = 2;
const rightBracket = 3;
const colon = 4;
const comma = 5;
const string = 9;

/**
 * Reads JSON as a stream. Handlers are keyed by path, `*` stands for each element of a list or each key of an object,
 * and an empty path for the root: `runs/*` + `/results/*`. `several` lets roots follow each other, and
 * `commas` lets a comma stand before what closes, and between roots.
 */
export function jsonFeed(
  into: FeedCollector,
  handlers: Readonly<Record<string, JsonHandler>>,
  options: { several?: boolean; commas?: boolean } = {},
): Feed {
  return new JsonFeed(into, handlers, options.several ?? false, options.commas ?? false);
}

class JsonFeed implements Feed {
  readonly #tokenizer = new Tokenizer();
  readonly #into: FeedCollector;
  readonly #several: boolean;
  readonly #commas: boolean;
  readonly #top: Step = { handler: undefined, next: new Map() };
  readonly #frames: Frame[] = [];
  #expected: Expected = "value";
  #roots = 0;
  #written = 0;
  #lastToken = 0;

  constructor(into: FeedCollector, handlers: Readonly<Record<string, JsonHandler>>, several: boolean, commas: boolean) {
    this.#into = into;
    this.#several = several;
    this.#commas = commas;
    for (const [path, handler] of Object.entries(handlers)) this.#add(path, handler);
    this.#tokenizer.onToken = ({ token, value, offset }) => this.#token(token, value, offset);
    this.#tokenizer.onError = (error) => {
      throw error;
    };
  }

  #add(path: string, handler: JsonHandler): void {
    let step = this.#top;
    for (const name of path === "" ? [] : path.split("/")) {
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
    const bytes = Buffer.from(text);
    this.#written += bytes.length;
    try {
      this.#tokenizer.write(bytes);
    } catch (error) {
      // What the tokenizer says may quote the report.
      throw this.#isOwn(error) ? error : this.#malformed();
    }
    if (this.#written - this.#lastToken > this.#into.limits.jsonString)
      this.#refuse(`a string is longer than ${this.#into.limits.jsonString} bytes`);
  }

  /** Errors of this feed and of its handlers, not of the tokenizer. */
  #isOwn(error: unknown): boolean {
    return !(error instanceof Error) || error.constructor.name !== "TokenizerError";
  }

  end(): void {
    const place = `byte ${this.#written}`;
    try {
      this.#tokenizer.end();
    } catch (error) {
      if (this.#isOwn(error)) throw error;
      this.#into.cutOff("the JSON ends too early", place);
      return;
    }
    if (this.#frames.length > 0 || this.#roots === 0) this.#into.cutOff("the JSON ends too early", place);
  }

  #malformed(): FormatError {
    return new FormatError("REPORT_MALFORMED", `byte ${this.#lastToken}`, "the JSON is malformed after this place");
  }

  #refuse(reason: string): never {
    throw new FormatError("REPORT_UNSAFE", `byte ${this.#lastToken}`, reason);
  }

  #token(token: number, value: unknown, offset: number): void {
    this.#lastToken = offset;
    if (token === comma) this.#separate();
    else if (token === colon) {
      if (this.#expected !== "colon") throw this.#malformed();
      this.#expected = "value";
    } else if (token === rightBrace) this.#close(false, "key or end");
    else if (token === rightBracket) this.#close(true, "value or end");
    else if (this.#expected === "key" || this.#expected === "key or end") this.#key(token, value);
    else if (this.#expected !== "value" && this.#expected !== "value or end") throw this.#malformed();
    else if (token === leftBrace) this.#open(false, offset);
    else if (token === leftBracket) this.#open(true, offset);
    else this.#scalar(value, offset);
  }

  #separate(): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined && this.#commas && this.#expected !== "nothing" && this.#roots > 0) return;
    if (this.#expected !== "comma or end" || frame === undefined) throw this.#malformed();
    if (this.#commas) this.#expected = frame.isList ? "value or end" : "key or end";
    else this.#expected = frame.isList ? "value" : "key";
  }

  #key(token: number, value: unknown): void {
    const frame = this.#frames.at(-1);
    if (token !== string || frame === undefined) throw this.#malformed();
    frame.key = value as string;
    this.#expected = "colon";
  }

  #open(isList: boolean, offset: number): void {
    if (this.#frames.length >= this.#into.limits.depth)
      this.#refuse(`values are nested deeper than ${this.#into.limits.depth}`);
    const parent = this.#frames.at(-1);
    this.#expected = isList ? "value or end" : "key or end";
    const key = parent?.key ?? "";
    if (parent?.value !== undefined) {
      const value = isList ? [] : {};
      this.#put(parent, value);
      this.#frames.push({ isList, value, step: undefined, ownKey: key, from: parent.from, key: "" });
      return;
    }
    const step = this.#stepOf(parent);
    step?.handler?.open?.(key);
    const isWhole = step?.handler?.whole !== undefined;
    const value = isWhole ? (isList ? [] : {}) : undefined;
    this.#frames.push({ isList, value, step, ownKey: key, from: offset, key: "" });
  }

  #stepOf(parent: Frame | undefined): Step | undefined {
    if (parent === undefined) return this.#top;
    return parent.step?.next.get(parent.key) ?? parent.step?.next.get("*");
  }

  #close(isList: boolean, empty: Expected): void {
    const frame = this.#frames.pop();
    const canEnd = this.#expected === "comma or end" || this.#expected === empty;
    if (frame === undefined || frame.isList !== isList || !canEnd) throw this.#malformed();
    this.#ended();
    if (frame.value !== undefined) frame.step?.handler?.whole?.(frame.value, frame.ownKey, `byte ${frame.from}`);
    frame.step?.handler?.close?.();
  }

  #scalar(value: unknown, offset: number): void {
    const parent = this.#frames.at(-1);
    if (parent?.value === undefined) this.#stepOf(parent)?.handler?.whole?.(value, parent?.key ?? "", `byte ${offset}`);
    else {
      if (offset - parent.from > this.#into.limits.jsonElement)
        this.#refuse(`a value is larger than ${this.#into.limits.jsonElement} bytes`);
      this.#put(parent, value);
    }
    this.#ended();
  }

  /** A value is complete. */
  #ended(): void {
    this.#expected = "comma or end";
    if (this.#frames.length > 0) return;
    this.#roots += 1;
    this.#expected = this.#several ? "value" : "nothing";
  }

  #put({ value, key }: Frame, child: unknown): void {
    if (Array.isArray(value)) value.push(child);
    else if (key !== "__proto__") (value as Record<string, unknown>)[key] = child;
    else Object.defineProperty(value, key, { value: child, enumerable: true, configurable: true, writable: true });
  }
}
