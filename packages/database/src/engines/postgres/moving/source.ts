import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { quoteName } from "../../shared/ddl.ts";
import type { Source } from "../../port/source.ts";
import type { StoredRow } from "../../port/stored-rows.ts";
import { CopyDecoder } from "./copy-decoder.ts";
import { postgresDialect } from "../run/dialect.ts";
import { translatePostgresError } from "../run/errors.ts";

const identityQuery = `SELECT current_database() || ' ' || oid || ' ' || coalesce(inet_server_port(), 0) || ' ' || coalesce(current_schema(), '') AS identity
  FROM pg_database WHERE datname = current_database()`;

/** Of the schema that NERVE is in; not what an extension brought, what is closed to the role, nor the parts of a partitioned table. */
const tableNamesQuery = `SELECT relname AS name FROM pg_class
  WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relkind IN ('r', 'p', 'f') AND NOT relispartition
  AND has_table_privilege(pg_class.oid, 'SELECT')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')
  ORDER BY relname`;

const columnNamesQuery = `SELECT attname AS name FROM pg_attribute
  WHERE attrelid = to_regclass(quote_ident($1)) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`;

/** Opens a PostgreSQL database for reading from one snapshot, on a connection that it gives back at the end. */
export async function openPostgresSource(client: pg.PoolClient): Promise<Source> {
  const all = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    try {
      return (await client.query<Record<string, unknown>>(text, values)).rows;
    } catch (error) {
      throw translatePostgresError(error);
    }
  };
  const first = async (text: string, values: unknown[] = []) => (await all(text, values))[0];
  const names = async (text: string, values: unknown[] = []) =>
    (await all(text, values)).map(({ name }) => String(name));
  try {
    await first("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await first("SET LOCAL statement_timeout = 0");
    const identity = `postgres:${String((await first(identityQuery))?.["identity"])}`;
    return {
      identity,
      dialect: postgresDialect,
      has: async ({ name }) => (await first(postgresDialect.tableExists.sql, [name])) !== undefined,
      count: async ({ name }) => Number((await first(`SELECT count(*) AS rows FROM ${quoteName(name)}`))?.["rows"]),
      tableNames: () => names(tableNamesQuery),
      columnNames: (table) => names(columnNamesQuery, [table]),
      countIn: async (table, column) => {
        const counted = column === undefined ? "*" : quoteName(column);
        return Number((await first(`SELECT count(${counted}) AS rows FROM ${quoteName(table)}`))?.["rows"]);
      },
      read: (table) => readBatches(client, table),
      close: async () => {
        // It has only read: a connection that is lost by now leaves nothing to undo.
        const isUsable = await first("ROLLBACK").then(
          () => true,
          () => false,
        );
        client.release(!isUsable);
      },
    };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function* readBatches(client: pg.PoolClient, table: TableDefinition): AsyncIterable<StoredRow[]> {
  const columns = table.columnList.map(({ name }) => quoteName(name)).join(", ");
  const key = table.columnList.find(({ primaryKey }) => primaryKey === true)?.name ?? "id";
  const select = `SELECT ${columns} FROM ${quoteName(table.name)} ORDER BY ${quoteName(key)}`;
  const stream = client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT binary)`));
  const decoder = new CopyDecoder(table);
  try {
    for await (const piece of stream) {
      const rows = decoder.take(piece as Buffer);
      if (rows.length > 0) yield rows;
    }
  } catch (error) {
    throw translatePostgresError(error);
  }
}
