import { readTokens, type Token } from "../../shared/sql-tokenizer.ts";
import { sqliteLexis } from "../run/lexis.ts";

/** After these a table is named, and after commas that follow more of them. */
const lists = new Set(["from", "join"]);
/** After these one table is named. */
const single = new Set(["into", "update", "in"]);
/** What may stand before it: `UPDATE OR IGNORE t`. */
const between = new Set(["or", "ignore", "replace", "abort", "fail", "rollback"]);
/** What ends a list of tables: none of them can be a name of something without quotes. */
const end = new Set([
  "select",
  "where",
  "group",
  "having",
  "order",
  "limit",
  "union",
  "except",
  "intersect",
  "set",
  ";",
]);
const schemas = new Set(["main", "temp"]);

/** Where a reader of tokens stands. */
interface Place {
  /** For each parenthesis that is open, whether a list of tables is read in it. */
  readonly isList: boolean[];
  /** Whether a table is named next. */
  isNext: boolean;
}

/**
 * Finds the names of the tables and views that a view or a trigger reads or writes, in lower case: what stands where SQLite takes a
 * table, quoted in whatever way, and not what stands in a comment, in a string or for a column. Where that is not certain, a name
 * counts.
 *
 * @throws {UnfinishedSqlError} when a string, a quoted name or a comment does not end
 */
export function tablesNamedIn(sql: string): Set<string> {
  const tokens = [...readTokens(sql, sqliteLexis)];
  const found = new Set<string>();
  const place: Place = { isList: [false], isNext: false };
  for (const [index, token] of tokens.entries()) {
    const text = token.text.toLowerCase();
    // `IN (…)` has values in it, or a query.
    if (text === "(" && tokens[index - 1]?.text.toLowerCase() === "in") place.isNext = false;
    if (moves(place, text) || !place.isNext) continue;
    const name = nameOf(token);
    place.isNext = schemas.has(name) && tokens[index + 1]?.text === ".";
    if (!place.isNext) found.add(name);
  }
  return found;
}

/** Goes on with what is no name; false for what may be one. */
function moves(place: Place, text: string): boolean {
  const { isList } = place;
  if (text === "(") isList.push(place.isNext);
  else if (text === ")") {
    place.isNext = false;
    if (isList.length > 1) isList.pop();
  } else if (text === ",") place.isNext = isList.at(-1) === true;
  else if (single.has(text)) place.isNext = true;
  else if (lists.has(text) || end.has(text)) {
    place.isNext = lists.has(text);
    isList[isList.length - 1] = place.isNext;
  } else return text === "." || between.has(text);
  return true;
}

/** A name without its quotes; SQLite takes a string for one where only a name makes sense. */
function nameOf({ kind, text }: Token): string {
  return (kind === "quoted" ? text.slice(1, -1) : text).toLowerCase();
}
