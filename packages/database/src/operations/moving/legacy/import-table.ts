import { isUtf8 } from "node:buffer";
import type { Transaction } from "../../../database/handle.ts";
import type { KeyRing } from "../../../cryptography/index.ts";
import { TableChecksum } from "../../../engines/shared/checksum.ts";
import type { ForeignFile } from "../../../engines/sqlite/moving/foreign-file.ts";
import type { StoredRow } from "../../../engines/port/stored-rows.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { loadOrReject } from "../load-or-reject.ts";
import type { RejectCounter } from "../rejects.ts";
import type { ProgressMeter, TableSummary } from "../summary.ts";
import type { NewIds } from "./new-ids.ts";
import type { OwningCompanies } from "./owning-companies.ts";
import type { References } from "./references.ts";
import { rowConverter } from "./row-converter.ts";

/** What the tables of an import share. */
export interface ImportRun {
  readonly tx: Transaction;
  readonly source: ForeignFile;
  readonly keys: KeyRing;
  readonly references: References;
  readonly rejects: RejectCounter;
  readonly meter: ProgressMeter;
  readonly newIds: NewIds;
  readonly companies: OwningCompanies;
}

const rowsOfBatch = 500;

/** Moves the rows of one table, and reads them back to compare. */
export async function importTable(run: ImportRun, table: TableDefinition): Promise<TableSummary> {
  const { tx, source, meter } = run;
  const { dialect } = tx.connection;
  const checksum = new TableChecksum(table, dialect.storedJson);
  const summary: TableSummary = { table: table.name, read: 0, written: 0, rejected: 0, checksumMatch: null };
  if (source.tables.includes(table.name)) {
    const convert = batchConverter(run, table);
    for (const batch of batchesOf(readTable(source, table))) {
      const written = await loadOrReject(tx, table, await convert(batch), (row, column, reason) => {
        run.rejects.add({ kind: "rejected", table: table.name, key: keyOf(table, row), column, reason });
      });
      for (const row of written) {
        run.references.remember(table, row);
        run.companies.remember(table, row);
        checksum.add(row);
      }
      summary.read += batch.length;
      summary.written += written.length;
      meter.advance(table.name, batch.length);
    }
  }
  const { rows, sum } = await dialect.tableChecksum(tx.executor, table);
  const checksumMatch = rows === checksum.value.rows && sum === checksum.value.sum;
  return { ...summary, rejected: summary.read - summary.written, checksumMatch };
}

/** The columns that the source and the table have in common. */
export function presentColumns(source: ForeignFile, table: TableDefinition): string[] {
  const columns = source.columns(table.name);
  return table.columnList.map(({ name }) => name).filter((name) => columns.includes(name));
}

function readTable(source: ForeignFile, table: TableDefinition): Iterable<readonly unknown[]> {
  const present = presentColumns(source, table);
  const key = table.columnList.find(({ primaryKey, name }) => primaryKey === true && present.includes(name));
  return present.length === 0 ? [] : source.rows(table.name, present, key?.name);
}

function* batchesOf<T>(rows: Iterable<T>): Iterable<T[]> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < rowsOfBatch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

type ConvertBatch = (batch: readonly (readonly unknown[])[]) => Promise<StoredRow[]>;

/** Makes the function that converts a batch; what cannot be converted goes to the rejects. */
function batchConverter(run: ImportRun, table: TableDefinition): ConvertBatch {
  const { tx, source, keys, references, rejects, newIds, companies } = run;
  const present = presentColumns(source, table);
  const keyColumn = table.columnList.find(({ primaryKey }) => primaryKey === true)?.name ?? "id";
  const keyPosition = present.indexOf(keyColumn);
  const isDamaged = (column: string, raw: readonly unknown[]) => {
    const bytes = source.bytes(table.name, column, { column: keyColumn, value: raw[keyPosition] });
    return bytes !== null && !isUtf8(bytes);
  };
  const convert = rowConverter({ table, present, keys, now: tx.clock.now(), references, newIds, companies, isDamaged });
  return async (batch) => {
    const rows: StoredRow[] = [];
    for (const raw of batch) {
      const { row, notes } = await convert(raw);
      const kind = row === undefined ? "rejected" : "adjusted";
      const key = sourceKey(raw[keyPosition]);
      for (const note of notes) rejects.add({ kind, table: table.name, key, ...note });
      if (row !== undefined) rows.push(row);
    }
    return rows;
  };
}

/** The key of a row of the source, where it can be told apart by it. */
function sourceKey(raw: unknown): string | number | null {
  if (typeof raw === "bigint" && !Number.isSafeInteger(Number(raw))) return raw.toString();
  if (typeof raw === "bigint" || typeof raw === "number") return Number(raw);
  return typeof raw === "string" ? raw.slice(0, 255) : null;
}

function keyOf(table: TableDefinition, row: StoredRow): string | number | null {
  return row[table.columnList.findIndex(({ primaryKey }) => primaryKey === true)] ?? null;
}
