import { sql, type SqlBool } from "kysely";
import { quoteName } from "../../shared/ddl.ts";
import type { Dialect, Executor, Query } from "../../port/engine.ts";
import { storedJson, tableChecksum } from "../moving/checksum.ts";
import { createTableStatements } from "../schema/ddl.ts";
import { loosenSchema } from "../schema/loose-schema.ts";
import { rowsHolding } from "./rows-holding.ts";
import { sqliteLexis } from "./lexis.ts";

const schemaQuery: Query = {
  // Tables before what refers to them: creation order, and a table before its indexes.
  sql: `SELECT "sql" AS "statement" FROM "sqlite_schema"
        WHERE "sql" IS NOT NULL AND "name" NOT LIKE 'sqlite\\_%' ESCAPE '\\'
        ORDER BY "type" = 'table' DESC, "type" = 'index' DESC, rowid`,
  readOnly: true,
  recurring: false,
};

async function exportSchema(executor: Executor): Promise<string[]> {
  const rows = await executor.all(schemaQuery, []);
  return rows.map(({ statement }) => statement as string);
}

/** What is SQLite's own. */
export const sqliteDialect: Dialect = {
  lexis: sqliteLexis,
  // BEGIN IMMEDIATE holds the only write lock there is, for both.
  lockMigrations: () => Promise.resolve(),
  holdName: () => Promise.resolve(),
  tableExists: {
    sql: `SELECT 1 AS "found" FROM "sqlite_schema" WHERE "type" = 'table' AND "name" = ?`,
    readOnly: true,
    recurring: false,
  },
  containsText: (text, part) => sql<SqlBool>`instr(lower(${text}), lower(${part})) > 0`,
  beginsWith: (text, beginning) => sql<SqlBool>`substr(lower(${text}), 1, length(${beginning})) = lower(${beginning})`,
  rowsHolding,
  createTableStatements,
  rowSecurityStatements: () => [],
  exportSchema,
  prepareLongWork: () => Promise.resolve(),
  storedJson,
  tableChecksum,
  // NaN and infinity are no numbers that a column can hold.
  refusalOf: (_, value) =>
    typeof value === "number" && !Number.isFinite(value) ? "is not a finite number" : undefined,
  loosenSchema,
  emptyTable: (transaction, { name }) => transaction.script(`DELETE FROM ${quoteName(name)}`),
  reserveIds: async (transaction, table, count) => {
    // The transaction is the only one that writes.
    const query = `SELECT coalesce(max("id"), 0) AS "last" FROM ${quoteName(table.name)}`;
    const [row] = await transaction.all({ sql: query, readOnly: true, recurring: true }, []);
    const last = Number(row?.["last"] ?? 0);
    return Array.from({ length: count }, (_, index) => last + 1 + index);
  },
  // The next rowid follows the highest one by itself.
  continueIds: () => Promise.resolve(),
};
