import { readOutline } from "./outline.ts";

/** The beginning of a report, looked at once for all formats. */
export interface Head {
  /** The file's name in lower case, or empty. */
  readonly name: string;
  readonly text: string;
  /** The text is the whole report. */
  readonly whole: boolean;
  /** Whether it is XML, begins a list or object of JSON, or is something else. */
  readonly kind: "xml" | "list" | "object" | "text";
  /** The name of the root element of XML, else empty. */
  readonly root: string;
  /** The attributes of the root element, as written. */
  readonly rootAttributes: string;
  /** Paths of the keys of JSON to a depth of four, lists left out: `runs.tool.driver`; of lines, those of the first that is JSON. */
  readonly keys: ReadonlySet<string>;
  /** The cells of the first line, without quotes, in lower case. */
  readonly columns: readonly string[];
  /** What separates the cells of the first line. */
  readonly delimiter: string;
}

const delimiters = [",", ";", "\t", "|"] as const;

/** Looks at the beginning of a report, which is decoded already. */
export function readHead(decoded: string, name = "", whole = false): Head {
  const text = decoded.startsWith("\u{FEFF}") ? decoded.slice(1) : decoded;
  const start = text.trimStart();
  const base = { name: name.toLowerCase(), text, whole, root: "", rootAttributes: "", keys: new Set<string>() };
  const firstLine = /^[^\r\n]*/.exec(start)?.[0] ?? "";
  const delimiter = delimiters.reduce((best, one) => (countOf(firstLine, one) > countOf(firstLine, best) ? one : best));
  const columns = firstLine.split(delimiter).map((cell) => cell.trim().replaceAll(/^"|"$/g, "").toLowerCase());
  const rest = { ...base, columns, delimiter };
  if (start.startsWith("<")) return { ...rest, kind: "xml", ...readRoot(start) };
  // A list begins with a value or ends: `[INF]` begins a line of a log.
  if (/^\[\s*(?:[[{"\]]|$)/.test(start)) return { ...rest, kind: "list", keys: readOutline(start) };
  if (start.startsWith("{")) return { ...rest, kind: "object", keys: readOutline(start) };
  const object = /^\{/m.exec(start);
  return { ...rest, kind: "text", keys: object === null ? rest.keys : readOutline(start.slice(object.index)) };
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Finds the root element behind declarations, comments and the document type. */
function readRoot(text: string): { root: string; rootAttributes: string } {
  let at = text.indexOf("<");
  while (at !== -1) {
    const end = endOfPreamble(text, at);
    if (end === undefined) break;
    if (end === -1) return { root: "", rootAttributes: "" };
    at = text.indexOf("<", end);
  }
  const match = at === -1 ? null : /^<([\p{L}_][\w:.-]*)([^>]*)/u.exec(text.slice(at));
  return { root: match?.[1] ?? "", rootAttributes: match?.[2] ?? "" };
}

/** Where what stands before the root element ends; -1 where it does not, undefined where it is the root element. */
function endOfPreamble(text: string, at: number): number | undefined {
  if (text.startsWith("<?", at)) return text.indexOf("?>", at);
  if (text.startsWith("<!--", at)) return text.indexOf("-->", at);
  if (!text.startsWith("<!", at)) return undefined;
  const subset = text.indexOf("[", at);
  const end = text.indexOf(">", at);
  return subset === -1 || end < subset ? end : text.indexOf("]", subset);
}
