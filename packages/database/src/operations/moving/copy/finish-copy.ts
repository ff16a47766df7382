import type { Database, Transaction } from "../../../database/handle.ts";
import { transaction } from "../../../database/transaction.ts";
import { DatabaseError } from "../../../errors/index.ts";
import type { ProgressMeter } from "../summary.ts";
import { type CopyState, endCopy, readSchema, recordState, stepOptions } from "./progress-record.ts";

/** More work than this is not done at once: the server uses several processors for one large index already. */
const maxLanes = 2;
/** Time after which a step is recorded, in milliseconds. */
const turnMs = 500;

type Task = () => Promise<void>;

/**
 * Makes a copy complete once its rows have arrived: its indexes, then keys and foreign keys, and beside them the
 * comparison of every table with what was sent; then the next ids.
 * @returns whether each table is what was sent
 */
export async function finishCopy(db: Database, state: CopyState, meter: ProgressMeter) {
  const matches: Record<string, boolean> = {};
  const comparisons = db.connection.tables.all.map(({ name }) => async () => {
    meter.report(name, "comparison");
    matches[name] = await isAsSent(db, state, name);
  });
  const indexes = [...new Set(state.indexes)].map((statement) => async () => {
    meter.report("", "indexes");
    await longTransaction(db, (tx) => tx.executor.script(statement));
  });
  const waiting = [...inOrder(indexes, () => addConstraints(db, state, meter)), ...comparisons];
  await runBeside(waiting, Math.min(maxLanes, db.connection.maxTransactions));
  await continueIds(db);
  await requireSchema(db, state);
  await endCopy(db);
  return matches;
}

/** Has tasks that may run beside each other followed by one that needs them all, in the lane of the last of them. */
function inOrder(first: readonly Task[], then: Task): Task[] {
  if (first.length === 0) return [then];
  let left = first.length;
  return first.map((task) => async () => {
    await task();
    left -= 1;
    if (left === 0) await then();
  });
}

/** Runs tasks in order, so many at a time; after a failure begins no other, and throws once all have ended. */
async function runBeside(tasks: readonly Task[], lanes: number): Promise<void> {
  const waiting = [...tasks];
  const lane = async () => {
    try {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task();
    } catch (error) {
      waiting.length = 0;
      throw error;
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

function longTransaction<T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return transaction(db, async (tx) => {
    await tx.connection.dialect.prepareLongWork(tx.executor, stepOptions);
    return work(tx);
  });
}

async function isAsSent(db: Database, { arrived }: CopyState, name: string): Promise<boolean> {
  const table = db.connection.tables.named(name);
  const sent = arrived[name];
  if (table === undefined || sent === undefined) return false;
  const { rows, sum } = await longTransaction(db, (tx) => tx.connection.dialect.tableChecksum(tx.executor, table));
  return sent.written === rows && sent.sum === sum;
}

async function addConstraints(db: Database, state: CopyState, meter: ProgressMeter): Promise<void> {
  let { constraints } = state;
  while (constraints.length > 0) {
    meter.report("", "indexes");
    constraints = await longTransaction(db, (tx) => addSome(tx, { ...state, constraints }));
  }
}

/** Runs statements for a while, in one transaction with their record: most take no time, and some a long one. */
async function addSome(tx: Transaction, state: CopyState): Promise<readonly string[]> {
  const started = performance.now();
  let done = 0;
  while (done < state.constraints.length && performance.now() - started < turnMs) {
    await tx.executor.script(state.constraints[done] ?? "");
    done += 1;
  }
  const constraints = state.constraints.slice(done);
  await recordState(tx, { ...state, indexes: [], constraints });
  return constraints;
}

function continueIds(db: Database): Promise<void> {
  return transaction(db, async (tx) => {
    for (const table of db.connection.tables.all) await tx.connection.dialect.continueIds(tx.executor, table);
  });
}

async function requireSchema(db: Database, { schema: expected }: CopyState): Promise<void> {
  const schema = await readSchema(db);
  if (schema.length === expected.length && schema.every((text, index) => text === expected[index])) return;
  throw new DatabaseError("DATABASE_FAILED", {
    message: "The schema of the target is not what it was before the copy.",
  });
}
