import type { TableDefinition } from "../../../schema/kit/index.ts";
import { systemTables, tableNamed, tables } from "../../../schema/tables.ts";
import { type NamedSearch, quoteName, searchesOf } from "../../shared/ddl.ts";

/*
 * The index of a JSON column is a table beside the one that it serves: a row for each member of each document, in the
 * order of key, value, time and id, so that the newest rows of a member lie together. Triggers keep it: it is derived data
 * that no code above the engine knows of.
 */

/** Every search there is, with the table that it serves. */
const searches: ReadonlyMap<string, TableDefinition> = new Map(
  [...tables, ...systemTables].flatMap((table) =>
    searchesOf(table).map(({ name }): [string, TableDefinition] => [name, table]),
  ),
);

/** The table that a search table serves; undefined for any other name. */
export function servedBy(name: string): TableDefinition | undefined {
  return searches.get(name);
}

/** The searches of a table, by the table's name. */
export function searchesNamed(table: string): NamedSearch[] {
  const definition = tableNamed(table);
  return definition === undefined ? [] : searchesOf(definition);
}

/** Writes the value of a member so that values of different types are never equal: words as blobs, which JSON has none of. */
export function memberValue(member: string): string {
  const words = `WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' WHEN 'null' THEN x''`;
  return `CASE ${member}."type" ${words} ELSE ${member}."atom" END`;
}

/** Members that are searched: see `searched()` of a column. Of equal keys the last one counts, as it does for JSON.parse. */
const searchedKeys = `typeof(m."key") = 'text' AND length(m."key") <= 100`;
const searchedValues = `m."type" NOT IN ('object', 'array') AND (m."type" <> 'text' OR length(m."atom") <= 255)`;

function membersOf(document: string): string {
  return `SELECT m."key" AS "key", ${memberValue("m")} AS "value", max(m."id")
      FROM json_each(${document}) AS m WHERE ${searchedKeys} GROUP BY m."key" HAVING ${searchedValues}`;
}

function createTable({ name }: NamedSearch): string {
  return `CREATE TABLE ${quoteName(name)} (
  "key" TEXT NOT NULL,
  "value" ANY NOT NULL,
  "created_at" INTEGER NOT NULL,
  "id" INTEGER NOT NULL,
  PRIMARY KEY ("key", "value", "created_at", "id")
) STRICT, WITHOUT ROWID`;
}

function add({ name, column }: NamedSearch): string {
  return `INSERT INTO ${quoteName(name)} SELECT "key", "value", NEW."created_at", NEW."id" FROM (
      ${membersOf(`NEW.${quoteName(column)}`)}
    );`;
}

/** Entries of members that were never entered are not there to be removed, so all members will do. */
function remove({ name, column }: NamedSearch): string {
  return `DELETE FROM ${quoteName(name)} WHERE ("key", "value", "created_at", "id") IN (
      SELECT m."key", ${memberValue("m")}, OLD."created_at", OLD."id" FROM json_each(OLD.${quoteName(column)}) AS m
    );`;
}

interface Trigger {
  readonly name: string;
  readonly statement: string;
}

function triggersOf(search: NamedSearch): Trigger[] {
  const [table, column] = [quoteName(search.table), quoteName(search.column)];
  const trigger = (event: string, when: string, actions: readonly string[]): Trigger => {
    const name = `${search.name}_${event.split(" ", 1).join("").toLowerCase()}`;
    const head = `CREATE TRIGGER ${quoteName(name)} AFTER ${event} ON ${table}`;
    return { name, statement: `${head} WHEN ${when} BEGIN\n    ${actions.join("\n    ")}\n  END` };
  };
  const changed = [column, `"created_at"`, `"id"`];
  return [
    trigger("INSERT", `NEW.${column} IS NOT NULL`, [add(search)]),
    trigger(`UPDATE OF ${changed.join(", ")}`, changed.map((name) => `OLD.${name} IS NOT NEW.${name}`).join(" OR "), [
      remove(search),
      add(search),
    ]),
    trigger("DELETE", `OLD.${column} IS NOT NULL`, [remove(search)]),
  ];
}

/** Writes the statements that create the index of a JSON column of a table without rows. */
export function createSearchStatements(search: NamedSearch): string[] {
  return [createTable(search), ...triggersOf(search).map(({ statement }) => statement)];
}

/** Names of what the index is made of, and the statement of each. */
export function partsOf(search: NamedSearch): Trigger[] {
  return [{ name: search.name, statement: createTable(search) }, ...triggersOf(search)];
}

/** Writes the statements that let rows in without entering them into the index. */
export function loosenStatements(search: NamedSearch): string[] {
  return [
    ...triggersOf(search).map(({ name }) => `DROP TRIGGER IF EXISTS ${quoteName(name)}`),
    `DELETE FROM ${quoteName(search.name)}`,
  ];
}

/** Writes the statement that fills the index from the rows that there are, in its own order. */
function fill({ name, table, column }: NamedSearch): string {
  return `INSERT INTO ${quoteName(name)}
  SELECT "key", "value", "created_at", "id" FROM (
    SELECT m."key" AS "key", ${memberValue("m")} AS "value", t."created_at" AS "created_at", t."id" AS "id", max(m."id")
    FROM ${quoteName(table)} AS t, json_each(t.${quoteName(column)}) AS m WHERE ${searchedKeys}
    GROUP BY t."id", m."key" HAVING ${searchedValues}
  ) ORDER BY "key", "value", "created_at", "id"`;
}

/** Writes one text that makes again what was loosened; it can be run again. */
export function tightenScript(search: NamedSearch): string {
  const triggers = triggersOf(search).map(({ statement }) =>
    statement.replace(/^CREATE TRIGGER /, "CREATE TRIGGER IF NOT EXISTS "),
  );
  return [`DELETE FROM ${quoteName(search.name)}`, fill(search), ...triggers].join(";\n");
}
