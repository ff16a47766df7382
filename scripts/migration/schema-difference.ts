import type { EngineName } from "@nerve/database";
import { tenancy } from "../../packages/database/src/access/tenancy.ts";
import { columnClause as postgresColumn } from "../../packages/database/src/engines/postgres/schema/ddl.ts";
import { createTableStatements as postgresTable } from "../../packages/database/src/engines/postgres/schema/ddl.ts";
import { rowSecurityStatements } from "../../packages/database/src/engines/postgres/schema/row-security.ts";
import { createIndexStatement, indexesOf, quoteName } from "../../packages/database/src/engines/shared/ddl.ts";
import { columnClause as sqliteColumn } from "../../packages/database/src/engines/sqlite/schema/ddl.ts";
import { createTableStatements as sqliteTable } from "../../packages/database/src/engines/sqlite/schema/ddl.ts";
import type { IndexState, TableState } from "../../packages/database/src/engines/port/upkeep.ts";
import type { TableDefinition } from "../../packages/database/src/schema/kit/index.ts";

/** The statements that lead to a table's definition, and back, in the order in which they run. */
export interface Steps {
  readonly up: readonly string[];
  readonly down: readonly string[];
}

const writers = {
  sqlite: { column: sqliteColumn, table: sqliteTable },
  postgres: { column: postgresColumn, table: postgresTable },
} as const;

/**
 * Finds what separates a table from its definition: the whole table, columns, indexes. What it cannot write by itself (a
 * column that is gone or of another type, which needs a decision about the rows) is an error.
 *
 * @param present the table as the migrations make it; undefined where they make none
 */
export function findSteps(
  engine: EngineName,
  table: TableDefinition,
  { expected, present }: { expected: TableState; present: TableState | undefined },
): Steps {
  const writer = writers[engine];
  const name = quoteName(table.name);
  if (present === undefined) {
    return { up: [...writer.table(table), ...findWall(engine, table)], down: [`DROP TABLE ${name}`] };
  }
  const known = new Map(present.columns.map((column) => [column.name, column]));
  const gone = present.columns.filter((column) => expected.columns.every((other) => other.name !== column.name));
  const changed = expected.columns.filter(({ name: column, type }) => (known.get(column)?.type ?? type) !== type);
  if (gone.length + changed.length > 0) {
    const names = [...gone, ...changed].map((column) => `${table.name}.${column.name}`);
    throw new Error(`Write these by hand, they lose or change what rows hold: ${names.join(", ")}`);
  }
  const added = table.columnList.filter((column) => !known.has(column.name));
  const indexes = findIndexSteps(table, expected, present);
  return {
    up: [
      ...indexes.removed.map((index) => `DROP INDEX ${quoteName(index.name)}`),
      ...added.map((column) => `ALTER TABLE ${name} ADD COLUMN ${writer.column(column)}`),
      ...indexes.added.map(createIndexStatement),
    ],
    down: [
      ...indexes.added.map((index) => `DROP INDEX ${quoteName(index.name)}`),
      ...added.map((column) => `ALTER TABLE ${name} DROP COLUMN ${quoteName(column.name)}`),
      ...indexes.removed.map((index) => `-- Write by hand, quoted: ${index.definition}`),
    ],
  };
}

function isIn(list: readonly IndexState[], index: IndexState): boolean {
  return list.some((other) => other.name === index.name && other.definition === index.definition);
}

function findIndexSteps(table: TableDefinition, expected: TableState, present: TableState) {
  const removed = present.indexes.filter((index) => !isIn(expected.indexes, index));
  const missing = expected.indexes.filter((index) => !isIn(present.indexes, index));
  return { removed, added: indexesOf(table).filter(({ name }) => missing.some((index) => index.name === name)) };
}

/** The second wall of a new table, which the database itself holds where it can. */
function findWall(engine: EngineName, table: TableDefinition): readonly string[] {
  const belonging = Object.hasOwn(tenancy, table.name) ? tenancy[table.name as keyof typeof tenancy] : "global";
  return engine === "postgres" ? rowSecurityStatements(table.name, belonging) : [];
}
