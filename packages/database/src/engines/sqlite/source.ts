import { DatabaseSync, type StatementSync } from "node:sqlite";
import { statSync } from "node:fs";
import { DatabaseConnectionError } from "../../errors/index.ts";
import type { TableDefinition } from "../../schema/kit/index.ts";
import { quoteName } from "../ddl.ts";
import { rowsOfBatch, type Source } from "../source.ts";
import type { StoredRow } from "../stored-rows.ts";
import { sqliteDialect } from "./dialect.ts";
import { translateSqliteError } from "./errors.ts";
import type { SqliteLocation } from "./location.ts";
import { retryWhileBusy } from "./retry.ts";

/** How long to wait for a writer's lock, in milliseconds. */
const busyTimeoutMs = 5000;

/** Opens a SQLite database for reading from one snapshot. */
export async function openSqliteSource({ location, file }: SqliteLocation): Promise<Source> {
  if (file !== undefined && statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new DatabaseConnectionError("CONNECTION_FAILED", { message: "The source does not exist." });
  }
  const database = await retryWhileBusy(() => openSnapshot(location), busyTimeoutMs);
  const one = (sql: string, ...values: string[]) => database.prepare(sql).get(...values);
  return {
    identity: `sqlite:${location}`,
    dialect: sqliteDialect,
    has: ({ name }) => Promise.resolve(one(sqliteDialect.tableExists.sql, name) !== undefined),
    count: ({ name }) => Promise.resolve(Number(one(`SELECT count(*) AS "rows" FROM ${quoteName(name)}`)?.["rows"])),
    read: (table) => readBatches(database, table),
    close: () => {
      if (database.isOpen) database.close();
      return Promise.resolve();
    },
  };
}

function openSnapshot(location: string): DatabaseSync {
  const database = new DatabaseSync(location, { readOnly: true, timeout: 0, enableDoubleQuotedStringLiterals: false });
  try {
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN");
    // The first read takes the snapshot.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function* readBatches(database: DatabaseSync, table: TableDefinition): AsyncIterable<StoredRow[]> {
  const columns = table.columnList.map(({ name }) => quoteName(name)).join(", ");
  const key = table.columnList.find(({ primaryKey }) => primaryKey === true)?.name ?? "rowid";
  const statement = database.prepare(`SELECT ${columns} FROM ${quoteName(table.name)} ORDER BY ${quoteName(key)}`);
  statement.setReturnArrays(true);
  const rows = iterate(statement);
  try {
    for (;;) {
      const batch: StoredRow[] = [];
      while (batch.length < rowsOfBatch) {
        const next = rows.next();
        if (next.done === true) break;
        batch.push(next.value);
      }
      if (batch.length > 0) yield batch;
      if (batch.length < rowsOfBatch) return;
    }
  } catch (error) {
    throw translateSqliteError(error);
  } finally {
    rows.return?.();
  }
}

function iterate(statement: StatementSync): Iterator<StoredRow> {
  return statement.iterate() as unknown as Iterator<StoredRow>;
}
