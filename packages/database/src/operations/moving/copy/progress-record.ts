import type { Database, Handle, Transaction } from "../../../database/handle.ts";
import { fetchFirst, runQuery } from "../../../database/statement.ts";
import { transaction } from "../../../database/transaction.ts";
import { checksumText } from "../../../engines/shared/checksum.ts";
import { json } from "../../../schema/kit/parameters.ts";
import { ConflictError } from "../../../errors/index.ts";
import { tableExists } from "../../../migrations/applied.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { copyProgress } from "../../../schema/system.ts";
import { refuseNonEmptyTarget } from "../empty-target.ts";
import type { RejectReason } from "../rejects.ts";

/** A table that has arrived. */
export interface ArrivedTable {
  readonly read: number;
  readonly written: number;
  /** Of the rows that were written. */
  readonly sum: string;
  readonly reasons: RejectReason[];
}

/** How far a copy has come. */
export interface CopyState {
  /** The schema as it was before, statement by statement, in alphabetical order. */
  readonly schema: readonly string[];
  /** The tables that have no keys and indexes for now. */
  readonly large: readonly string[];
  /** Statements that make the indexes again that were dropped for the load; those that are there stay as they are. */
  readonly indexes: readonly string[];
  /** Statements that are left of those that make the constraints again. */
  readonly constraints: readonly string[];
  readonly arrived: Readonly<Record<string, ArrivedTable>>;
}

/** A step that a crash undoes is taken again by the copy that goes on; the last one makes all of them durable. */
export const stepOptions = { durable: false };

/** What there is to say of a table without rows. */
export const emptyTable: ArrivedTable = { read: 0, written: 0, sum: checksumText(0n), reasons: [] };

/** The state after one more table has arrived. */
export function withArrived(state: CopyState, { name }: TableDefinition, arrived: ArrivedTable): CopyState {
  return { ...state, arrived: { ...state.arrived, [name]: arrived } };
}

/** The target's schema, in an order that does not depend on when its parts were made. */
export async function readSchema(db: Handle): Promise<string[]> {
  const statements = await db.connection.dialect.exportSchema(db.executor);
  return statements.filter((statement) => !statement.includes(copyProgress.name)).toSorted();
}

/**
 * Begins a copy: the target must be empty, and its large tables lose what slows a load down. Or takes up one that was interrupted.
 * @throws {ConflictError} CONFLICT when the target has rows, or was left by another copy
 */
export async function beginCopy(
  db: Database,
  { source, large, resume }: { source: string; large: readonly TableDefinition[]; resume: boolean },
): Promise<CopyState> {
  return transaction(db, async (tx) => {
    const { dialect } = tx.connection;
    await dialect.prepareLongWork(tx.executor, stepOptions);
    await dialect.lockMigrations(tx.executor);
    if (await tableExists(tx, copyProgress.name)) return takeUp(tx, source, resume);
    await refuseNonEmptyTarget(tx);
    const schema = await readSchema(tx);
    await tx.executor.script(dialect.createTableStatements(copyProgress).join(";\n"));
    const loose = await dialect.loosenSchema(tx.executor, large);
    const state: CopyState = { schema, large: large.map(({ name }) => name), ...loose, arrived: {} };
    const row = { id: 1, source, state: json(state), started_at: tx.clock.now() };
    await runQuery(tx, tx.sql.insertInto("copy_progress").values(row));
    return state;
  });
}

async function takeUp(tx: Transaction, source: string, resume: boolean): Promise<CopyState> {
  const found = await fetchFirst(tx, tx.sql.selectFrom("copy_progress").select(["source", "state"]));
  if (!resume || found === null) {
    throw new ConflictError("CONFLICT", {
      message: "A copy into the target was interrupted.",
      help: "Resume it with `--resume`, from the same source; or name another target.",
    });
  }
  if (found.source !== source) {
    throw new ConflictError("CONFLICT", {
      message: "The copy that was interrupted came from another database.",
      help: "Resume it from that one; or name another target.",
    });
  }
  return found.state as unknown as CopyState;
}

/** Records how far the copy has come, in the transaction of the step itself. */
export async function recordState(tx: Transaction, state: CopyState): Promise<void> {
  await runQuery(tx, tx.sql.updateTable("copy_progress").set({ state: json(state) }));
}

/** Starts over: nothing has arrived. */
export async function startOver(db: Database, state: CopyState): Promise<CopyState> {
  return transaction(db, async (tx) => {
    const { dialect } = tx.connection;
    await dialect.prepareLongWork(tx.executor, stepOptions);
    const tables = db.connection.tables.all;
    const dropped = await dialect.loosenSchema(tx.executor, tables);
    for (const table of tables.toReversed()) await dialect.emptyTable(tx.executor, table);
    const large = tables.map(({ name }) => name);
    const indexes = [...dropped.indexes, ...state.indexes];
    const constraints = [...dropped.constraints, ...state.constraints];
    const next = { ...state, large, indexes, constraints, arrived: {} };
    await recordState(tx, next);
    return next;
  });
}

/** Forgets the copy; the target is complete. */
export async function endCopy(db: Database): Promise<void> {
  await transaction(db, (tx) => tx.executor.script(`DROP TABLE ${copyProgress.name}`));
}
