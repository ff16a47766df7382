import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { actorField } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import type { Handle } from "../database/handle.ts";
import { ConflictError, DatabaseError, type ErrorCode, ValidationError } from "../errors/index.ts";
import { columnNamed, type NamedColumn, primaryKeyOf, type TableDefinition } from "../schema/kit/index.ts";
import type { TableName } from "../schema/tables.ts";
import { boundedInteger, parseInput } from "../validation/input.ts";
import { isPlainObject } from "../validation/plain-object.ts";
import { bindHarvested, nextRowsOf } from "../rows/bind-harvested.ts";
import { type HarvestedRow, secretsFor } from "../rows/harvested.ts";
import { newCell } from "../rows/stored-values.ts";
import { forgetBoundsOfRows } from "./forget-bounds.ts";
import { type BatchSteps, insertBatch, type NoteInserted, type PlacedRow } from "./insert-batch.ts";
import { refuseTable, requireTable } from "./known-table.ts";
import { unfillable } from "./protection.ts";
import { recordValidator } from "./record-validator.ts";

/** Why a record was not inserted. */
export interface RecordError {
  /** Its place in the input, from 0. */
  index: number;
  /** The field at fault, where it is known. */
  field?: string;
  message: string;
  code: ErrorCode;
}

/** What became of the records. */
export interface BatchResult {
  total: number;
  inserted: number;
  failed: number;
  /** One for each record that failed, in the order of the input. */
  errors: RecordError[];
}

const optionsInput = z.strictObject({
  batchSize: boundedInteger({ min: 1, max: 100_000 }).default(5000),
  actor: actorField,
});
export type BatchInsertOptions = z.input<typeof optionsInput>;

/** How the records of a table become rows. */
interface Plan extends HarvestedRow {
  readonly columns: readonly NamedColumn[];
  readonly schema: z.ZodType<Record<string, unknown>>;
  readonly now: Date;
}

function requireFillableTable(name: TableName): TableDefinition {
  const table = requireTable(name);
  return unfillable.has(table.name) ? refuseTable("has functions of its own that make its rows") : table;
}

function toRow(plan: Plan, record: unknown): readonly unknown[] {
  if (!isPlainObject(record)) throw new ValidationError([{ field: "", message: "must be an object" }]);
  const fields = parseInput(plan.schema, record);
  // Known beforehand only where the caller chooses it.
  const id = fields[primaryKeyOf(plan.table).property] as string | undefined;
  return plan.columns.map((column) => newCell({ ...plan, id }, column, fields[column.property], plan.now));
}

function toRecordError(table: TableDefinition, index: number, error: DatabaseError): RecordError {
  if (error instanceof ValidationError) {
    const [issue] = error.issues;
    const where = issue === undefined || issue.field === "" ? {} : { field: issue.field };
    return { index, ...where, message: issue?.message ?? error.message, code: error.code };
  }
  const field =
    error instanceof ConflictError && error.field !== undefined ? columnNamed(table, error.field) : undefined;
  const where = field === undefined ? {} : { field: field.property };
  return { index, ...where, message: error.message, code: error.code };
}

/** Turns records into rows; what is wrong with a record goes to `errors`. */
function prepare(plan: Plan, records: readonly unknown[], from: number, errors: RecordError[]): PlacedRow[] {
  return records.flatMap((record, offset) => {
    const index = from + offset;
    try {
      return [{ index, values: toRow(plan, record) }];
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      errors.push(toRecordError(plan.table, index, error));
      return [];
    }
  });
}

/**
 * Inserts many records. Each is checked against its table's definition first; one that is refused, then or by the
 * database, is named by its index and spoils no other.
 *
 * Fields have their property names. Defaults and stamps are filled in; `id`, secrets and `deletedAt` cannot be given.
 * Credentials found elsewhere are encrypted. Companies, users, sessions, keys, former passwords, sign-in attempts and the
 * audit log have functions of their own, and are refused.
 *
 * Each batch is a transaction, and writes an audit row `records_inserted` in it, with the table and how many of its records
 * were inserted and failed: no row is ever there without it, however the call ends. A batch of which nothing is inserted writes none.
 *
 * @param db the database, or an open transaction
 * @param tableName name in SQL
 * @param records plain objects
 * @param options `batchSize`: how many records one transaction takes, 1 to 100000, default 5000. Small ones cost speed,
 *   large ones hold up other writers for longer. `actor`: who inserts them, default the system
 * @returns how many were inserted, and why the others were not
 * @throws {ValidationError} INVALID_INPUT for a table that cannot be filled this way, and for a wrong option
 * @throws {ConflictError} REFERENCE_VIOLATION when the actor is no user
 * @throws {DatabaseError} STORAGE_FULL, CONNECTION_FAILED and whatever else is no fault of a record; earlier batches are kept
 * @example
 * const { inserted, errors } = await batchInsert(db, "security_events", [
 *   { eventType: "port_scan", severity: "low", description: "Ports were tried.", ipAddress: "192.0.2.9" },
 *   { eventType: "port_scan", severity: "huge", description: "This one is refused." },
 * ]);
 * console.log(inserted, errors[0]?.index, errors[0]?.field); // 1 1 "severity"
 */
export async function batchInsert(
  db: Handle,
  tableName: TableName,
  records: readonly Readonly<Record<string, unknown>>[],
  options: BatchInsertOptions = {},
): Promise<BatchResult> {
  const table = requireFillableTable(tableName);
  const { batchSize, actor } = parseInput(optionsInput, options);
  if (!Array.isArray(records)) throw new ValidationError([{ field: "records", message: "must be a list" }]);
  const { whole, columns } = recordValidator(table);
  const secrets = await secretsFor(db, columns);
  const plan: Plan = { table, id: undefined, columns, schema: whole, secrets, now: db.clock.now() };
  const target = { table: table.name, columns: columns.map(({ name }) => name) };
  const errors: RecordError[] = [];
  for (let from = 0; from < records.length; from += batchSize) {
    if (from > 0) await nextTurn();
    const batch = records.slice(from, from + batchSize);
    const rows = prepare(plan, batch, from, errors);
    const note: NoteInserted = async (tx, inserted) => {
      const metadata = { table: table.name, inserted, failed: batch.length - inserted };
      await logAudit(tx, { action: "records_inserted", resourceType: table.name, metadata, actor });
    };
    const steps: BatchSteps = {
      async around(tx, insert) {
        const inserted = await nextRowsOf(tx, table);
        const outcome = await insert();
        if (inserted !== undefined) await bindHarvested(tx, inserted);
        await forgetBoundsOfRows(tx, table, { columns: target.columns, rows: rows.map(({ values }) => values) });
        return outcome;
      },
      note,
    };
    const refused = rows.length === 0 ? [] : await insertBatch(db, target, rows, steps);
    errors.push(...refused.map(({ index, error }) => toRecordError(table, index, error)));
  }
  errors.sort((one, other) => one.index - other.index);
  return { total: records.length, inserted: records.length - errors.length, failed: errors.length, errors };
}
