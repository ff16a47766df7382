import type { Database, Handle } from "../../src/database/handle.ts";
import type { Executor, Query, TransactionExecutor } from "../../src/engines/port/engine.ts";
import { transaction } from "../../src/database/transaction.ts";

interface Executed {
  query: Query;
  values: readonly unknown[];
}

type Remember = (query: Query, values: readonly unknown[]) => void;

/** What runs statements, and tells of each, also of those in transactions. */
function remembering(executor: Executor, remember: Remember): Executor {
  return {
    all: (query, values) => (remember(query, values), executor.all(query, values)),
    run: (query, values) => (remember(query, values), executor.run(query, values)),
    transaction: (work, options) => executor.transaction((open) => work(rememberingIn(open, remember)), options),
    hasRowSecurity: () => Promise.resolve(false),
    company: null,
  };
}

function rememberingIn(open: TransactionExecutor, remember: Remember): TransactionExecutor {
  return {
    ...remembering(open, remember),
    script: (sql) => open.script(sql),
    liftTimeLimit: () => open.liftTimeLimit(),
    load: (rows) => open.load(rows),
    insertRows: (target, rows) => open.insertRows(target, rows),
  };
}

/** A handle that runs statements on `db` and remembers them. */
function recording(db: Database): { handle: Handle; executed: Executed[] } {
  const executed: Executed[] = [];
  const { engine, clock, sql, connection, secrets, loadKeys, breachedPasswords, quotas, executor } = db;
  const { accountPolicy, surfacePolicy } = db;
  const remember: Remember = (query, values) => void executed.push({ query, values });
  const handle: Handle = {
    engine,
    clock,
    sql,
    connection,
    secrets,
    loadKeys,
    breachedPasswords,
    quotas,
    accountPolicy,
    surfacePolicy,
    executor: remembering(executor, remember),
  };
  return { handle, executed };
}

const inOrder = "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";

/**
 * Runs some work and tells how the engine would look up the rows of each of its statements. PostgreSQL is told to read
 * indexes in their order wherever it can, since it prefers to read a small table whole and to sort it.
 */
export async function plansOf(
  db: Database,
  work: (handle: Handle) => Promise<unknown>,
  postgresSettings = inOrder,
): Promise<string[]> {
  const { handle, executed } = recording(db);
  await work(handle);
  const prefix = db.engine === "sqlite" ? "EXPLAIN QUERY PLAN" : "EXPLAIN";
  return transaction(db, async (tx) => {
    if (db.engine === "postgres") {
      await tx.executor.script(postgresSettings);
    }
    const plans: string[] = [];
    for (const { query, values } of executed) {
      const rows = await tx.executor.all({ sql: `${prefix} ${query.sql}`, readOnly: true, recurring: false }, values);
      plans.push(rows.map((row) => String(row["detail"] ?? Object.values(row)[0])).join("\n"));
    }
    return plans;
  });
}

/** A table that is read whole, in the words of either engine. */
export function fullScanOf(table: string): RegExp {
  return new RegExp(`SCAN ${table}(?! USING (?:COVERING )?INDEX)|Seq Scan on "?${table}`);
}

/** Every way to combine the entries of an object, the empty one included. */
export function combinationsOf<T extends object>(options: T): Partial<T>[] {
  let combinations: Partial<T>[] = [{}];
  for (const [name, value] of Object.entries(options)) {
    combinations = combinations.flatMap((some) => [some, { ...some, [name]: value }]);
  }
  return combinations;
}
