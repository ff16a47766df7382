import { DatabaseSync, type StatementSync } from "node:sqlite";
import { statSync } from "node:fs";
import { DatabaseConnectionError } from "../../../errors/index.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { quoteName } from "../../shared/ddl.ts";
import { rowsOfBatch, type Source } from "../../port/source.ts";
import { isUnbounded, type StoredRow, type StoredValue } from "../../port/stored-rows.ts";
import { sqliteDialect } from "../run/dialect.ts";
import { ofFile, translateSqliteError } from "../run/errors.ts";
import type { SqliteLocation } from "../connect/location.ts";
import { servedBy } from "../schema/json-search.ts";
import { retryWhileBusy } from "../run/retry.ts";

/** How long to wait for a writer's lock, in milliseconds. */
const busyTimeoutMs = 5000;
/** Texts that fill a batch however few rows they are of, in characters. */
const lengthOfBatch = 4 * 1024 * 1024;

/** Opens a SQLite database for reading from one snapshot. */
export async function openSqliteSource({ location, file }: SqliteLocation): Promise<Source> {
  if (file !== undefined && statSync(file, { throwIfNoEntry: false }) === undefined) {
    throw new DatabaseConnectionError("CONNECTION_FAILED", {
      message: `There is no database file ${file} (ENOENT).`,
      help: "Check the path of the source; a relative one begins in the folder that the command is run in.",
    });
  }
  const database = await retryWhileBusy(() => openSnapshot(location, file), busyTimeoutMs);
  const one = (sql: string, ...values: string[]) => database.prepare(sql).get(...values);
  return {
    identity: `sqlite:${location}`,
    dialect: sqliteDialect,
    has: ({ name }) => Promise.resolve(one(sqliteDialect.tableExists.sql, name) !== undefined),
    count: ({ name }) => Promise.resolve(Number(one(`SELECT count(*) AS "rows" FROM ${quoteName(name)}`)?.["rows"])),
    tableNames: () => Promise.resolve(readTableNames(database)),
    columnNames: (table) => Promise.resolve(readColumnNames(database, table)),
    countIn: (table, column) => {
      const counted = column === undefined ? "*" : quoteName(column);
      return Promise.resolve(Number(one(`SELECT count(${counted}) AS "rows" FROM ${quoteName(table)}`)?.["rows"]));
    },
    read: (table) => readBatches(database, table),
    close: () => {
      if (database.isOpen) database.close();
      return Promise.resolve();
    },
  };
}

/** Without the tables that SQLite and its modules keep, and those that are an index of another one. */
function readTableNames(database: DatabaseSync): string[] {
  const rows = database
    .prepare(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')
       AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
    )
    .all();
  return rows.map(({ name }) => String(name)).filter((name) => servedBy(name) === undefined);
}

function readColumnNames(database: DatabaseSync, table: string): string[] {
  const rows = database.prepare("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0").all(table);
  return rows.map(({ name }) => String(name));
}

function openSnapshot(location: string, file: string | undefined): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(location, { readOnly: true, timeout: 0, enableDoubleQuotedStringLiterals: false });
    database.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; BEGIN");
    // The first read takes the snapshot.
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    database?.close();
    throw ofFile(error, file);
  }
}

async function* readBatches(database: DatabaseSync, table: TableDefinition): AsyncIterable<StoredRow[]> {
  const { columnList } = table;
  const key = columnList.findIndex(({ kind, primaryKey }) => kind === "id" && primaryKey === true);
  const unbounded = columnList.flatMap(({ kind }, index) => (isUnbounded(kind) ? [index] : []));
  try {
    yield* key >= 0 && unbounded.length === 0
      ? readSlices(database, table, key)
      : readRowByRow(database, table, unbounded);
  } catch (error) {
    throw translateSqliteError(error);
  }
}

function prepareSelect(database: DatabaseSync, { name, columnList }: TableDefinition, rest: string): StatementSync {
  const columns = columnList.map((column) => quoteName(column.name)).join(", ");
  const statement = database.prepare(`SELECT ${columns} FROM ${quoteName(name)} ${rest}`);
  statement.setReturnArrays(true);
  return statement;
}

/**
 * Reads so many rows at once, which takes half the time of one after the other.
 * @param key the column of the table's row ids
 */
function* readSlices(database: DatabaseSync, table: TableDefinition, key: number): Iterable<StoredRow[]> {
  const statement = prepareSelect(database, table, "WHERE rowid > ? ORDER BY rowid LIMIT ?");
  let last: StoredValue = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = statement.all(last, rowsOfBatch) as unknown as StoredRow[];
    if (rows.length > 0) yield rows;
    if (rows.length < rowsOfBatch) return;
    last = rows.at(-1)?.[key] ?? null;
  }
}

/** Reads rows one after the other, so that no batch outgrows memory, however large its values are. */
function* readRowByRow(
  database: DatabaseSync,
  table: TableDefinition,
  unbounded: readonly number[],
): Iterable<StoredRow[]> {
  const statement = prepareSelect(database, table, "ORDER BY rowid");
  let batch: StoredRow[] = [];
  let length = 0;
  for (const row of statement.iterate() as unknown as Iterable<StoredRow>) {
    batch.push(row);
    for (const index of unbounded) length += String(row[index] ?? "").length;
    if (batch.length < rowsOfBatch && length < lengthOfBatch) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}
