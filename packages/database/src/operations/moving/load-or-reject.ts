import type { Transaction } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { ConflictError, DatabaseError } from "../../errors/index.ts";
import type { StoredRow } from "../../engines/port/stored-rows.ts";
import type { TableDefinition } from "../../schema/kit/index.ts";

/** Called for a row that the database refuses. */
type OnRefused = (row: StoredRow, column: string | null, reason: string) => void;

const reasons: Readonly<Partial<Record<DatabaseError["code"], string>>> = {
  CONFLICT: "another row has the same value",
  REFERENCE_VIOLATION: "refers to a row that does not exist",
  CONSTRAINT_VIOLATION: "breaks a rule of its table",
};

/**
 * Writes rows, and finds the ones that the database refuses by halving: of two that collide the first stays.
 * @returns the rows that were written
 */
export async function loadOrReject(
  tx: Transaction,
  table: TableDefinition,
  rows: readonly StoredRow[],
  onRefused: OnRefused,
): Promise<readonly StoredRow[]> {
  if (rows.length === 0) return rows;
  try {
    await transaction(tx, (savepoint) => savepoint.executor.load({ table, batches: [rows] }));
    return rows;
  } catch (error) {
    const reason = error instanceof DatabaseError ? reasons[error.code] : undefined;
    const [first] = rows;
    if (reason === undefined || first === undefined) throw error;
    if (rows.length === 1) {
      onRefused(first, error instanceof ConflictError ? (error.field ?? null) : null, reason);
      return [];
    }
  }
  const middle = Math.ceil(rows.length / 2);
  const before = await loadOrReject(tx, table, rows.slice(0, middle), onRefused);
  const after = await loadOrReject(tx, table, rows.slice(middle), onRefused);
  return [...before, ...after];
}
