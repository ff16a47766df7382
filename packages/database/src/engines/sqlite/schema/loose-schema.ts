import type { TableDefinition } from "../../../schema/kit/index.ts";
import { quoteName, searchesOf } from "../../shared/ddl.ts";
import type { LooseSchema, TransactionExecutor } from "../../port/engine.ts";
import { repeatable } from "../../shared/repeatable-index.ts";
import { loosenStatements, tightenScript } from "./json-search.ts";

const indexes = {
  // A unique index stays: it is what a foreign key may refer to.
  sql: `SELECT "name", "tbl_name" AS "table", "sql" AS "statement" FROM "sqlite_schema"
        WHERE "type" = 'index' AND "sql" LIKE 'CREATE INDEX%' ORDER BY rowid`,
  readOnly: true,
  recurring: false,
};

/** Drops the indexes that only make reading faster, and stops those of JSON columns. */
export async function loosenSchema(tx: TransactionExecutor, tables: readonly TableDefinition[]): Promise<LooseSchema> {
  const rows = await tx.all(indexes, []);
  const loose = rows.filter(({ table }) => tables.some(({ name }) => name === table));
  for (const { name } of loose) await tx.script(`DROP INDEX ${quoteName(String(name))}`);
  const searches = tables.flatMap(searchesOf);
  for (const statement of searches.flatMap(loosenStatements)) await tx.script(statement);
  const remade = loose.map(({ statement }) => repeatable(String(statement)));
  return { indexes: [...remade, ...searches.map(tightenScript)], constraints: [] };
}
