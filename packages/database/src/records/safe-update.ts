import { z } from "zod";
import { actorField } from "../access/actor.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { fetchFirst, runQuery } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { ValidationError } from "../errors/index.ts";
import { findChangedFields } from "../identity/account/changed-fields.ts";
import { changeStampOf, type NamedColumn, primaryKeyOf, type TableDefinition } from "../schema/kit/index.ts";
import type { TableName } from "../schema/tables.ts";
import { parseInput } from "../validation/input.ts";
import { isPlainObject } from "../validation/plain-object.ts";
import { anyTable } from "../database/any-table.ts";
import { forgetBounds } from "../quotas/bounds.ts";
import { auditChange } from "./audit-change.ts";
import { changesQuotas, ownersOf } from "./forget-bounds.ts";
import { decryptHarvested, type HarvestedRow, isHarvested, secretsFor } from "../rows/harvested.ts";
import { toStored } from "../rows/stored-values.ts";
import { hasSoftDelete, parseRecordId, type RecordId, refuseTable, requireTable } from "./known-table.ts";
import { needsRight, uneditable } from "./protection.ts";
import { recordValidator } from "./record-validator.ts";

/** What a field was, and what it is now; `[hidden]` for harvested credentials. */
export interface FieldChange {
  old: unknown;
  new: unknown;
}

/** What an update did. */
export interface UpdateResult {
  success: boolean;
  recordId: RecordId;
  /** The fields that differ now, by their property names; none when nothing did. */
  changes: Record<string, FieldChange>;
  /** Why there was nothing to update. */
  error?: "Record not found";
}

const optionsInput = z.strictObject({ actor: actorField, mayChange: z.array(z.string()).default([]) });
export type SafeUpdateOptions = z.input<typeof optionsInput>;

const hidden = "[hidden]";

type Fields = Readonly<Record<string, unknown>>;

/** The record to update, and what it takes to read and write its columns. */
interface Subject extends HarvestedRow {
  readonly id: RecordId;
  /** The columns that the caller gave. */
  readonly columns: readonly NamedColumn[];
}

function requireEditableTable(name: TableName): TableDefinition {
  const table = requireTable(name);
  return uneditable.has(table.name)
    ? refuseTable("is not edited: its rows tell what happened, or who somebody is")
    : table;
}

function parseChanges(table: TableDefinition, changes: unknown, mayChange: readonly string[]): Fields {
  if (!isPlainObject(changes)) throw new ValidationError([{ field: "changes", message: "must be an object" }]);
  const fields = parseInput(recordValidator(table).partial, changes);
  const refused = table.columnList.filter(
    (column) => fields[column.property] !== undefined && needsRight(column) && !mayChange.includes(column.property),
  );
  if (refused.length > 0) {
    throw new ValidationError(
      refused.map(({ property }) => ({ field: property, message: "needs a right of its own" })),
    );
  }
  return fields;
}

/** Reads what is there now, and keeps others from changing it meanwhile. */
async function lockFields(tx: Transaction, subject: Subject): Promise<Fields | null> {
  const { table, id, columns } = subject;
  const key = primaryKeyOf(table).name;
  const query = anyTable(tx)
    .selectFrom(table.name)
    .select([key, ...columns.map(({ name }) => name)])
    .where(key, "=", id)
    .$if(hasSoftDelete(table), (live) => live.where("deleted_at", "is", null))
    .forNoKeyUpdate();
  const row: Fields | null = await fetchFirst(tx, query);
  if (row === null) return null;
  return Object.fromEntries(
    columns.map((column) => [column.property, decryptHarvested(subject, column, row[column.property])]),
  );
}

/** The value as it will be read back, so that it can be compared with what is there. */
function asRead(column: NamedColumn, value: unknown): unknown {
  return column.kind === "json" ? (JSON.parse(JSON.stringify(value)) as unknown) : value;
}

async function writeFields(tx: Transaction, subject: Subject, changed: readonly NamedColumn[], fields: Fields) {
  const { table, id } = subject;
  const stamp = changeStampOf(table);
  const values = Object.fromEntries(
    changed.map((column) => [column.name, toStored(subject, column, fields[column.property])]),
  );
  const stamped = stamp === undefined ? values : { ...values, [stamp.name]: tx.clock.now() };
  await runQuery(tx, anyTable(tx).updateTable(table.name).set(stamped).where(primaryKeyOf(table).name, "=", id));
}

function describeChange(column: NamedColumn, old: Fields, fields: Fields): [string, FieldChange] {
  const { property } = column;
  const change = isHarvested(column) ? { old: hidden, new: hidden } : { old: old[property], new: fields[property] };
  return [property, change];
}

/**
 * Changes some fields of a record, with its audit row in the same transaction. Values are checked against the table's
 * definition; those that are as they were count as no change, and `updatedAt` moves only with a change.
 *
 * Refused are unknown fields, the id, stamps, `deletedAt`, secrets, and whole tables of sessions, keys and logs. Of users and
 * companies only the profile can be changed here: role, status, e-mail address, company, seats and domains have functions of
 * their own, which keep more rules than one (`changeUserRole`, `moveUserToCompany`, `updateCompany` and the like). Elsewhere, a field
 * that says to whom the record belongs (a reference to users or companies) or whether it is in use (`isActive`) is refused
 * unless `mayChange` names it: the caller has then checked that the actor has the right.
 *
 * @param db the database, or an open transaction
 * @param tableName name in SQL
 * @param id id of the record
 * @param changes new values by property name; null clears a field that may be empty
 * @param options `actor` (default the system), `mayChange`: further fields that the actor has the right to change
 * @returns what changed; `success: false` and `error: "Record not found"` when there is no such record, or it is
 *   soft-deleted
 * @throws {ValidationError} INVALID_INPUT with each field at fault; nothing is changed
 * @throws {ConflictError} CONFLICT when a value has to be unique and is taken, REFERENCE_VIOLATION when it names no row
 * @example
 * const { changes } = await safeUpdate(db, "companies", 1, { name: "Example Ltd" });
 * console.log(changes["name"]);
 */
export async function safeUpdate(
  db: Handle,
  tableName: TableName,
  id: RecordId,
  changes: Fields,
  options: SafeUpdateOptions = {},
): Promise<UpdateResult> {
  const table = requireEditableTable(tableName);
  const recordId = parseRecordId(table, id);
  const { actor, mayChange } = parseInput(optionsInput, options);
  const fields = parseChanges(table, changes, mayChange);
  const columns = table.columnList.filter(({ property }) => fields[property] !== undefined);
  const subject: Subject = { table, id: recordId, columns, secrets: await secretsFor(db, columns) };
  return transaction(db, async (tx): Promise<UpdateResult> => {
    const old = await lockFields(tx, subject);
    if (old === null) return { success: false, recordId, changes: {}, error: "Record not found" };
    const read = Object.fromEntries(
      columns.map((column) => [column.property, asRead(column, fields[column.property])]),
    );
    const different = new Set(findChangedFields(old, read));
    const changed = columns.filter(({ property }) => different.has(property));
    if (changed.length === 0) return { success: true, recordId, changes: {} };
    const owners = changesQuotas(table, changed) ? await ownersOf(tx, table, recordId) : undefined;
    await writeFields(tx, subject, changed, fields);
    if (owners !== undefined) await forgetBounds(tx, [...owners, ...(await ownersOf(tx, table, recordId))]);
    const metadata = { fields: changed.map(({ property }) => property) };
    await auditChange(tx, { action: "record_updated", table, id: recordId, actor, metadata });
    return {
      success: true,
      recordId,
      changes: Object.fromEntries(changed.map((column) => describeChange(column, old, read))),
    };
  });
}
