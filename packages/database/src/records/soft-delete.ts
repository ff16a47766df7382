import { type ActorOption, actorOption } from "../access/actor.ts";
import type { Handle } from "../database/handle.ts";
import { runQuery } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { changeStampOf, primaryKeyOf, type TableDefinition } from "../schema/kit/index.ts";
import type { TableName } from "../schema/tables.ts";
import { parseInput } from "../validation/input.ts";
import { anyTable } from "../database/any-table.ts";
import { forgetBounds } from "../quotas/bounds.ts";
import { auditChange } from "./audit-change.ts";
import { ownersOf } from "./forget-bounds.ts";
import { hasSoftDelete, parseRecordId, type RecordId, refuseTable, requireTable } from "./known-table.ts";

function requireSoftDelete(name: TableName): TableDefinition {
  const table = requireTable(name);
  // Sessions, keys and seats hang on these.
  if (name === "users" || name === "companies") refuseTable("has functions of its own to delete and restore");
  return hasSoftDelete(table) ? table : refuseTable("has no soft delete");
}

interface Marking extends ActorOption {
  readonly deleted: boolean;
}

async function mark(
  db: Handle,
  tableName: TableName,
  id: RecordId,
  { deleted, ...options }: Marking,
): Promise<boolean> {
  const table = requireSoftDelete(tableName);
  const recordId = parseRecordId(table, id);
  const { actor } = parseInput(actorOption, options);
  return transaction(db, async (tx) => {
    const now = tx.clock.now();
    const stamp = changeStampOf(table);
    const marked = await runQuery(
      tx,
      anyTable(tx)
        .updateTable(table.name)
        .set({ deleted_at: deleted ? now : null, is_active: !deleted, ...(stamp && { [stamp.name]: now }) })
        .where(primaryKeyOf(table).name, "=", recordId)
        .where("deleted_at", deleted ? "is" : "is not", null),
    );
    if (marked === 0) return false;
    if (!deleted) await forgetBounds(tx, await ownersOf(tx, table, recordId));
    await auditChange(tx, { action: deleted ? "record_deleted" : "record_restored", table, id: recordId, actor });
    return true;
  });
}

/**
 * Marks a record as deleted: it is invisible from now on, and can be restored until it is purged. What refers to it
 * stays as it is.
 *
 * @param db the database, or an open transaction
 * @param tableName name in SQL, of a table with soft delete; users and companies have functions of their own
 * @param id id of the record
 * @param options `actor` (default the system)
 * @returns whether there was such a record, not deleted yet
 * @throws {ValidationError} INVALID_INPUT for a table without soft delete, or an id of another type
 * @example
 * await batchInsert(db, "profiles", [{ id: "ada", name: "Ada Example" }]);
 * const deleted = await softDelete(db, "profiles", "ada");
 */
export function softDelete(
  db: Handle,
  tableName: TableName,
  id: RecordId,
  options: ActorOption = {},
): Promise<boolean> {
  return mark(db, tableName, id, { ...options, deleted: true });
}

/**
 * Brings a soft-deleted record back.
 *
 * @param db the database, or an open transaction
 * @param tableName name in SQL, of a table with soft delete; users and companies have functions of their own
 * @param id id of the record
 * @param options `actor` (default the system)
 * @returns whether there was such a record, deleted and not purged
 * @throws {ValidationError} INVALID_INPUT for a table without soft delete, or an id of another type
 * @example
 * const restored = await restore(db, "profiles", "ada");
 */
export function restore(db: Handle, tableName: TableName, id: RecordId, options: ActorOption = {}): Promise<boolean> {
  return mark(db, tableName, id, { ...options, deleted: false });
}
