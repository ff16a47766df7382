import type { DatabaseSync } from "node:sqlite";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { systemTables, tableNamed, tables } from "../../../schema/tables.ts";
import type { UnknownObject } from "../../port/upkeep.ts";
import { checkClauses, indexesOf, searchesOf } from "../../shared/ddl.ts";
import { UnfinishedSqlError } from "../../shared/sql-tokenizer.ts";
import { wordsOf } from "../../shared/words-of.ts";
import { sqliteLexis } from "../run/lexis.ts";
import { columnClause } from "./ddl.ts";
import { partsOf, servedBy } from "./json-search.ts";
import { tablesNamedIn } from "./tables-named-in.ts";

/** A row of `sqlite_schema`. */
export interface Entry {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string | null;
}

const known = [...systemTables, ...tables];
const searches = known.flatMap(searchesOf);
const knownNames = [...known.map(({ name }) => name), ...searches.map(({ name }) => name)];
/** What NERVE makes beside tables and their indexes: statement by name. */
const knownParts = new Map(searches.flatMap(partsOf).map(({ name, statement }) => [name, statement]));
const knownIndexes = new Set(known.flatMap(indexesOf).map(({ name }) => name));

const isOurs = (name: string) => knownNames.includes(name.toLowerCase());

/** Reads all entries of the schema. */
export const entriesQuery = `SELECT "type", "name", "tbl_name" AS "table", "sql" FROM "sqlite_schema"`;

/** Reads what stands in the schema that NERVE did not make, and that acts on its tables, reads them or changes their rules. */
export function findUnknownObjects(database: DatabaseSync): UnknownObject[] {
  return unknownAmong(database.prepare(entriesQuery).all() as unknown as Entry[]);
}

/** Picks what NERVE did not make from the entries of a schema. */
export function unknownAmong(entries: readonly Entry[]): UnknownObject[] {
  return entries.flatMap((entry) => (isUnknown(entry) ? [toUnknown(entry)] : []));
}

function toUnknown({ type, name, table }: Entry): UnknownObject {
  return type === "table" || !isOurs(table) ? { kind: type, name } : { kind: type, name, table };
}

function isUnknown({ type, name, table, sql }: Entry): boolean {
  switch (type) {
    case "table":
      return sql !== null && !isAsDefined(name, sql);
    case "index":
      // Others only make reading faster, or slower.
      return sql !== null && isOurs(table) && !knownIndexes.has(name) && /^\s*CREATE\s+UNIQUE\b/i.test(sql);
    case "trigger":
    case "view":
      return !isKnownPart(name, sql ?? "") && (isOurs(table) || usesOurs(sql ?? ""));
    default:
      return true;
  }
}

/** Whether a view or a trigger reads or writes a table of NERVE's; what cannot be read does, for all that is known. */
function usesOurs(sql: string): boolean {
  const used = unlessUnfinished(() => tablesNamedIn(sql));
  return used === undefined || knownNames.some((name) => used.has(name));
}

function isKnownPart(name: string, sql: string): boolean {
  const statement = knownParts.get(name);
  return statement !== undefined && isSame(statement, sql);
}

function isSame(one: string, other: string): boolean {
  return readWords(one)?.join(" ") === readWords(other)?.join(" ");
}

const readWords = (sql: string) => unlessUnfinished(() => wordsOf(sql, sqliteLexis));

function unlessUnfinished<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof UnfinishedSqlError) return undefined;
    throw error;
  }
}

/** Tables of others may be as they like; columns that were added to NERVE's may, too. */
function isAsDefined(name: string, sql: string): boolean {
  if (servedBy(name.toLowerCase()) !== undefined) return isKnownPart(name, sql);
  const table = tableNamed(name.toLowerCase());
  return table === undefined || isTableAsDefined(table, sql);
}

function isTableAsDefined(table: TableDefinition, sql: string): boolean {
  const words = readWords(sql);
  const start = words?.indexOf("(") ?? -1;
  const end = words?.lastIndexOf(")") ?? -1;
  if (words === undefined || start !== 3 || words.slice(end + 1).join(" ") !== "strict") return false;
  if (words.slice(0, start).join(" ") !== `create table ${table.name}`) return false;
  const clauses = splitAtCommas(words.slice(start + 1, end));
  const named = clauses.map((clause) => [clause[0] ?? "", clause.join(" ")] as const);
  const checks = new Set(checkClauses(table).map((clause) => readWords(clause)?.join(" ")));
  const columns = new Map(table.columnList.map((column) => [column.name, readWords(columnClause(column))?.join(" ")]));
  return named.every(([column, clause]) => {
    // A rule for the whole table, unless the definition has it.
    if (["constraint", "check", "unique", "primary", "foreign"].includes(column)) return checks.has(clause);
    return !columns.has(column) || columns.get(column) === clause;
  });
}

function splitAtCommas(words: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (word === "(") depth += 1;
    if (word === ")") depth -= 1;
    if (word === "," && depth === 0) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}
