import { validateApiKey } from "../src/identity/api-keys/index.ts";
import { validateSession } from "../src/identity/sessions/index.ts";
import { getSecurityEvents, logSecurityEvent } from "../src/security/index.ts";
import { digestToken } from "../src/cryptography/index.ts";
import type { Database } from "../src/database/handle.ts";
import { type CapturedQuery, captureQuery } from "./captured-query.ts";
import type { Comparison } from "./compare.ts";
import { benchApiKey, type BenchSize, sessionToken } from "./data.ts";
import { benchConnections, type BenchPlace, rawPool } from "./places.ts";
import { onRawPostgres, onRawSqlite, rawSqlite, type DecodeRow, type RawRun } from "./raw-driver.ts";

/** An operation of the package, and how the same is done with the raw driver. */
interface Operation {
  readonly name: string;
  readonly goals: Readonly<Record<"sqlite" | "postgres", number>>;
  /** Operations per second of the Python system, where it does this at all. */
  readonly python: number | undefined;
  readonly batch: Readonly<Record<"sqlite" | "postgres", number>>;
  readonly ours: (db: Database, number: number) => Promise<unknown>;
  /** Values of the captured statement for the operation with this number, given those of the first. */
  readonly rawValues: (captured: readonly unknown[], number: number) => readonly unknown[];
  /** What a caller of node:sqlite writes to get the same values. */
  readonly decode?: DecodeRow;
}

const eventTimes: DecodeRow = (row) => {
  if (row["metadata_json"] !== null) row["metadata_json"] = JSON.parse(row["metadata_json"] as string);
  row["acknowledged"] = row["acknowledged"] === 1;
  if (row["acknowledged_at"] !== null) row["acknowledged_at"] = new Date(row["acknowledged_at"] as number);
  row["created_at"] = new Date(row["created_at"] as number);
  return row;
};

/** The values of the first call, with one replaced by that of another call. */
const replacing =
  (before: unknown, after: (number: number) => unknown) => (values: readonly unknown[], number: number) =>
    values.map((value) => (value === before ? after(number) : value));

function operations(size: BenchSize): Operation[] {
  const event = {
    eventType: "login_failed",
    severity: "low",
    description: "Failed sign-in",
    email: "user1@example.org",
    ipAddress: "192.0.2.1",
    metadata: { attempt: 3 },
  } as const;
  const userOf = (number: number) => 1 + (number % Math.min(1000, size.users));
  return [
    {
      name: "validateSession, activity not due",
      goals: { sqlite: 0.7, postgres: 0.9 },
      python: 754,
      batch: { sqlite: 4000, postgres: 2000 },
      ours: (db, number) => validateSession(db, sessionToken(1 + (number % size.sessions))),
      rawValues: replacing(digestToken(sessionToken(1)), (number) =>
        digestToken(sessionToken(1 + (number % size.sessions))),
      ),
    },
    {
      name: "validateApiKey, exact usage count",
      goals: { sqlite: 0.7, postgres: 0.8 },
      python: 712,
      batch: { sqlite: 300, postgres: 1000 },
      ours: (db, number) => validateApiKey(db, benchApiKey(1 + (number % size.apiKeys))),
      rawValues: replacing(digestToken(benchApiKey(1)), (number) =>
        digestToken(benchApiKey(1 + (number % size.apiKeys))),
      ),
    },
    {
      name: "logSecurityEvent",
      goals: { sqlite: 0.8, postgres: 0.9 },
      python: 979,
      batch: { sqlite: 300, postgres: 1000 },
      ours: (db) => logSecurityEvent(db, event),
      rawValues: (values) => values,
    },
    {
      name: "getSecurityEvents, 100 rows by user, severity, time",
      goals: { sqlite: 0.8, postgres: 0.9 },
      python: 50,
      batch: { sqlite: 200, postgres: 200 },
      ours: (db, number) => getSecurityEvents(db, { userId: userOf(number), severity: "info", limit: 100 }),
      rawValues: replacing(1, userOf),
      decode: eventTimes,
    },
    {
      name: "getSecurityEvents, 100 rows by a member of their JSON",
      goals: { sqlite: 0.8, postgres: 0.9 },
      python: undefined,
      batch: { sqlite: 200, postgres: 200 },
      ours: (db) => getSecurityEvents(db, { metadata: { source: "bench" }, limit: 100 }),
      rawValues: (values) => values,
      decode: eventTimes,
    },
  ];
}

/** Runs numbered operations, so many at once. */
async function runBatch(count: number, atOnce: number, operation: (number: number) => unknown): Promise<void> {
  if (atOnce === 1) {
    for (let number = 0; number < count; number += 1) await operation(number);
    return;
  }
  let next = 0;
  const worker = async () => {
    for (let number = next++; number < count; number = next++) await operation(number);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Calls in flight at once on PostgreSQL. */
const atOnceOnPostgres = 32;

type MakeRaw = (captured: CapturedQuery, operation: Operation) => RawRun;

function rawDriver({ db, file, url }: BenchPlace): { make: MakeRaw; close: () => Promise<void> } {
  if (db.engine === "sqlite") {
    const database = rawSqlite(file);
    return {
      make: (captured, { decode }) => onRawSqlite(database, captured, decode),
      close: async () => database.close(),
    };
  }
  const pool = rawPool(url);
  return { make: (captured, { name }) => onRawPostgres(pool, captured, name.slice(0, 20)), close: () => pool.end() };
}

/** Prepares the comparisons of single operations with the raw driver. */
export async function lookUpComparisons(
  place: BenchPlace,
  size: BenchSize,
): Promise<{ comparisons: Comparison[]; close: () => Promise<void> }> {
  const { db } = place;
  const { make, close } = rawDriver(place);
  const atOnce = db.engine === "sqlite" ? 1 : atOnceOnPostgres;
  const comparisons: Comparison[] = [];
  for (const operation of operations(size)) {
    const captured = await captureQuery(db, (spy) => operation.ours(spy, 0));
    const raw = make(captured, operation);
    const batch = operation.batch[db.engine];
    // Each side goes through the same numbers, every round through others.
    const numbered = (run: (number: number) => unknown) => {
      let first = 0;
      return async () => {
        await runBatch(batch, atOnce, (number) => run(first + number));
        first += batch;
      };
    };
    comparisons.push({
      operation: operation.name,
      engine: db.engine,
      against: db.engine === "sqlite" ? "node:sqlite" : `pg, ${benchConnections} connections, ${atOnce} at once`,
      atLeast: operation.goals[db.engine],
      ...(operation.python !== undefined && { python: operation.python }),
      batch,
      ours: numbered((number) => operation.ours(db, number)),
      other: numbered((number) => raw(operation.rawValues(captured.values, number))),
    });
  }
  return { comparisons, close };
}
