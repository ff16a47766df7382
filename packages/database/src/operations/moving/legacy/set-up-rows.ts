import type { Transaction } from "../../../database/handle.ts";
import type { StoredRow, StoredValue } from "../../../engines/port/stored-rows.ts";
import { ConflictError } from "../../../errors/index.ts";
import {
  auditLogs,
  knownDevices,
  loginAttempts,
  passwordHistory,
  passwordResetLinks,
  sessions,
  users,
} from "../../../schema/core.ts";
import type { NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";
import { queuedMails } from "../../../schema/mails.ts";
import { securityEvents } from "../../../schema/security.ts";
import { tables } from "../../../schema/tables.ts";
import { nonEmptyTarget, refuseNonEmptyTarget } from "../empty-target.ts";

/** Where the first administrator leaves rows, each table after those it refers to. */
const setUpTables: readonly TableDefinition[] = [
  users,
  sessions,
  knownDevices,
  passwordResetLinks,
  queuedMails,
  auditLogs,
  passwordHistory,
  loginAttempts,
  securityEvents,
];

/** More than set-up and a few sign-ins leave behind: then the database is in use, and no place to import into. */
const mostRows = 1000;

/** The rows of the first administrator, while the import has their place. */
export type SetUpRows = ReadonlyMap<TableDefinition, readonly StoredRow[]>;

function toStored({ kind }: NamedColumn, value: unknown): StoredValue {
  if (value === null) return null;
  if (kind === "json") return JSON.stringify(value);
  if (value instanceof Date) return value.getTime();
  return typeof value === "boolean" ? Number(value) : (value as StoredValue);
}

async function readRows(tx: Transaction, table: TableDefinition): Promise<StoredRow[]> {
  const columns = table.columnList.map(({ name }) => name);
  const query = tx.sql
    .selectFrom(table.name as "users")
    .select(columns as "id"[])
    .orderBy("id")
    .limit(mostRows + 1)
    .compile();
  const rows = await tx.executor.all({ sql: query.sql, readOnly: true, recurring: false }, query.parameters);
  return rows.map((row) => table.columnList.map((column) => toStored(column, row[column.property])));
}

async function refuseOtherRows(tx: Transaction): Promise<void> {
  await refuseNonEmptyTarget(
    tx,
    tables.filter((table) => !setUpTables.includes(table)),
  );
  for (const table of setUpTables) {
    const rows = await readRows(tx, table);
    if (rows.length > (table === users ? 1 : mostRows)) throw nonEmptyTarget(table.name);
  }
}

/**
 * Takes the rows of the first administrator out of a database in which nothing else has happened yet, so that what is
 * imported finds its ids free.
 *
 * @throws {ConflictError} CONFLICT naming the table, when there is more than set-up leaves behind
 */
export async function takeSetUpRows(tx: Transaction): Promise<SetUpRows> {
  await refuseOtherRows(tx);
  const taken = new Map<TableDefinition, StoredRow[]>();
  for (const table of setUpTables.toReversed()) {
    taken.set(table, await readRows(tx, table));
    const { sql, parameters } = tx.sql.deleteFrom(table.name as "users").compile();
    await tx.executor.run({ sql, readOnly: false, recurring: false }, parameters);
  }
  return taken;
}

async function highestId(tx: Transaction, table: TableDefinition): Promise<number> {
  const { sql, parameters } = tx.sql
    .selectFrom(table.name as "users")
    .select(({ fn }) => fn.max("id").as("highest"))
    .compile();
  const [row] = await tx.executor.all({ sql, readOnly: true, recurring: false }, parameters);
  return (row?.["highest"] as number | null | undefined) ?? 0;
}

/**
 * Puts the rows of the first administrator back, under ids that follow the imported ones.
 *
 * @throws {ConflictError} CONFLICT for `email` when an imported user has the administrator's address
 */
export async function restoreSetUpRows(tx: Transaction, taken: SetUpRows): Promise<void> {
  const offsets = new Map<TableDefinition, number>();
  for (const table of setUpTables) {
    offsets.set(table, await highestId(tx, table));
    const rows: StoredRow[] = [];
    for (const row of taken.get(table) ?? []) rows.push(await rebind(tx, table, row, shift(table, row, offsets)));
    if (rows.length === 0) continue;
    try {
      await tx.executor.load({ table, batches: [rows] });
    } catch (cause) {
      if (!(cause instanceof ConflictError) || cause.code !== "CONFLICT") throw cause;
      throw new ConflictError("CONFLICT", {
        field: "email",
        message: "The file has a user with the e-mail address of the administrator of this database.",
        help: "Import into a new database, and sign in with the account of the file.",
        cause,
      });
    }
  }
}

function shift(table: TableDefinition, row: StoredRow, offsets: ReadonlyMap<TableDefinition, number>): StoredRow {
  return row.map((value, index) => {
    const column = table.columnList[index];
    const moved = column?.kind === "id" ? table : column?.reference?.table;
    return typeof value === "number" && moved !== undefined ? value + (offsets.get(moved) ?? 0) : value;
  });
}

/** What is encrypted is bound to its row, which has another id now. */
async function rebind(tx: Transaction, table: TableDefinition, old: StoredRow, row: StoredRow): Promise<StoredRow> {
  const idAt = table.columnList.findIndex(({ primaryKey }) => primaryKey === true);
  const rebound = [...row];
  for (const [index, { name, sensitivity }] of table.columnList.entries()) {
    const value = old[index];
    if (sensitivity !== "encrypted" || typeof value !== "string") continue;
    const keys = await tx.secrets();
    const place = { table: table.name, column: name };
    const plain = keys.decrypt(value, { ...place, row: old[idAt] ?? undefined });
    rebound[index] = keys.encrypt(plain, { ...place, row: row[idAt] ?? undefined });
  }
  return rebound;
}
