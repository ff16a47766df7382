import type { Handle, Transaction } from "../database/handle.ts";
import { transaction } from "../database/transaction.ts";
import type { InsertTarget } from "../engines/port/engine.ts";
import { DatabaseError, type ErrorCode } from "../errors/index.ts";

/** A row that is ready to be stored, with the place of its record in the input. */
export interface PlacedRow {
  readonly index: number;
  readonly values: readonly unknown[];
}

/** A row that the database refused. */
export interface RefusedRow {
  readonly index: number;
  readonly error: DatabaseError;
}

/** What is wrong with a row, rather than with the database. */
const rowFaults: ReadonlySet<ErrorCode> = new Set(["CONFLICT", "REFERENCE_VIOLATION", "CONSTRAINT_VIOLATION"]);

function isRowFault(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && rowFaults.has(error.code);
}

function insertAll(db: Handle, target: InsertTarget, rows: readonly PlacedRow[]): Promise<void> {
  return transaction(db, (tx) =>
    tx.executor.insertRows(
      target,
      rows.map(({ values }) => values),
    ),
  );
}

/** Writes down, in the transaction of a batch, how many rows it inserts. */
export type NoteInserted = (tx: Transaction, inserted: number) => Promise<void>;

/** What happens in the transaction of a batch beside the inserting. */
export interface BatchSteps {
  /** Is given what inserts, runs it, and does what has to be done before and after. */
  readonly around: <T>(tx: Transaction, insert: () => Promise<T>) => Promise<T>;
  /** Called at the end, unless every row is refused. */
  readonly note: NoteInserted;
}

/**
 * Inserts rows in one transaction, without those that the database refuses. As long as none is refused, it costs one
 * bulk insert; the refused ones are then found by halves.
 *
 * @returns the refused rows, each with its error
 * @throws what is not the fault of a row: a full disk, a lost connection; nothing of the batch is then kept
 */
export async function insertBatch(
  db: Handle,
  target: InsertTarget,
  rows: readonly PlacedRow[],
  { around, note }: BatchSteps,
): Promise<RefusedRow[]> {
  try {
    await transaction(db, async (tx) => {
      const values = rows.map((row) => row.values);
      await around(tx, () => tx.executor.insertRows(target, values));
      await note(tx, rows.length);
    });
    return [];
  } catch (error) {
    // What `note` is refused looks the same here, and is thrown below.
    if (!isRowFault(error)) throw error;
  }
  return transaction(db, async (tx) => {
    const refused = await around(tx, () => insertByHalves(tx, target, rows));
    if (refused.length < rows.length) await note(tx, rows.length - refused.length);
    return refused;
  });
}

async function insertByHalves(tx: Handle, target: InsertTarget, rows: readonly PlacedRow[]): Promise<RefusedRow[]> {
  try {
    await insertAll(tx, target, rows);
    return [];
  } catch (error) {
    if (!isRowFault(error)) throw error;
    const [only, ...others] = rows;
    if (only !== undefined && others.length === 0) return [{ index: only.index, error }];
  }
  const middle = Math.ceil(rows.length / 2);
  const first = await insertByHalves(tx, target, rows.slice(0, middle));
  return [...first, ...(await insertByHalves(tx, target, rows.slice(middle)))];
}
