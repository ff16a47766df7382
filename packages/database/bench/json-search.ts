// What the search in JSON costs a write and gains a list: two databases of events, one without the indexes of 0012.
// `node --conditions=@nerve/source packages/database/bench/json-search.ts [rows] [engine]`; default 1,000,000 rows, both.
import { DatabaseSync } from "node:sqlite";
import { fetchAll } from "../src/database/statement.ts";
import { JsonParameter, json } from "../src/schema/kit/parameters.ts";
import type { EngineName } from "../src/engines/port/engine.ts";
import { migrate } from "../src/migrations/migrator.ts";
import { rollbackMigration } from "../src/migrations/rollback-migration.ts";
import { getSecurityEvents, logSecurityEvent } from "../src/security/index.ts";
import type { JsonMembers } from "../src/validation/input.ts";
import { captureQuery } from "./captured-query.ts";
import { compare } from "./compare.ts";
import { type BenchPlace, benchPlace, rawPool } from "./places.ts";
import { onRawPostgres, onRawSqlite, rawSqlite, type RawRun } from "./raw-driver.ts";
import { formatTable } from "./report.ts";

const rows = Number(process.argv[2] ?? 1_000_000);
const engines = (["sqlite", "postgres"] as const).filter((engine) => engine === (process.argv[3] ?? engine));
const newestMs = Date.parse("2026-06-01T11:59:30.000Z");
const turns = { rounds: 11, warmUps: 2 };
/** Four members: one of all events, one of a third, one of a ten-thousandth, one of a single event. */
const documentOf = (n: number) => ({ source: "bench", attempt: n % 3, keyId: n % 10_000, session: `s${n}` });
const columns = "id, event_type, severity, email, ip_address, description, metadata_json, created_at";

function loadSqlite(file: string): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA synchronous = OFF; BEGIN IMMEDIATE");
  const insert = database.prepare(`INSERT INTO security_events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  for (let n = 1; n <= rows; n += 1) {
    const metadata = JSON.stringify(documentOf(n));
    insert.run(n, "login_failed", "low", `user${n % 1000}@example.org`, "192.0.2.1", "Failed", metadata, newestMs - n);
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

async function loadPostgres(url: string): Promise<void> {
  const pool = rawPool(url);
  await pool.query(`INSERT INTO security_events (${columns})
    SELECT n, 'login_failed', 'low', 'user' || n % 1000 || '@example.org', '192.0.2.1', 'Failed',
      jsonb_build_object('source', 'bench', 'attempt', n % 3, 'keyId', n % 10000, 'session', 's' || n),
      to_timestamp((${newestMs} - n) / 1000.0) FROM generate_series(1, ${rows}) AS n`);
  await pool.query(`SELECT setval(pg_get_serial_sequence('security_events', 'id'), ${rows})`);
  await pool.query("VACUUM ANALYZE security_events");
  await pool.end();
}

/** A database of events without the indexes; `index` makes them. */
async function loadedPlace(engine: EngineName): Promise<BenchPlace> {
  const place = await benchPlace(engine);
  await rollbackMigration(place.db, "0012");
  if (engine === "sqlite") loadSqlite(place.file);
  else await loadPostgres(place.url);
  return place;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function bytesOf({ db }: BenchPlace): Promise<number> {
  return db.connection.upkeep.examine(async (examiner) => (await examiner.measure()).bytes);
}

async function many(count: number, atOnce: number, work: (n: number) => unknown): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let n = next++; n < count; n = next++) await work(n);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const event = { eventType: "login_failed", severity: "low", description: "Failed", email: "u@example.org" } as const;

/** One event after the other on SQLite; 32 at once on PostgreSQL. */
const logEvents = ({ db }: BenchPlace, metadata: object | undefined) => {
  let from = 2 * rows;
  return async () => {
    from += 1000;
    const first = from;
    const isDocument = metadata !== undefined;
    await many(300, db.engine === "sqlite" ? 1 : 32, (n) =>
      logSecurityEvent(db, { ...event, ...(isDocument && { metadata: { ...metadata, session: `s${first + n}` } }) }),
    );
  };
};

const filters: Record<string, (n: number) => JsonMembers> = {
  "of every event": () => ({ source: "bench" }),
  "of a third": (n) => ({ attempt: n % 3 }),
  "of 1 in 10,000": (n) => ({ keyId: n % 10_000 }),
  "of one event": (n) => ({ session: `s${1 + ((n * 7919) % rows)}` }),
  "of none": (n) => ({ session: `none${n}` }),
  "of every and 1 in 10,000": (n) => ({ source: "bench", keyId: n % 10_000 }),
  "of a third and 1 in 10,000": (n) => ({ attempt: n % 3, keyId: n % 10_000 }),
};

function rawRunner(place: BenchPlace): {
  make: (query: { sql: string; values: readonly unknown[] }) => RawRun;
  close: () => unknown;
} {
  if (place.db.engine === "sqlite") {
    const database = rawSqlite(place.file);
    const decode = (row: Record<string, unknown>) => {
      row["metadata_json"] = JSON.parse(row["metadata_json"] as string);
      row["acknowledged"] = row["acknowledged"] === 1;
      row["created_at"] = new Date(row["created_at"] as number);
      return row;
    };
    return { make: (query) => onRawSqlite(database, query, decode), close: () => database.close() };
  }
  const pool = rawPool(place.url);
  return { make: (query) => onRawPostgres(pool, query, "list by JSON"), close: () => pool.end() };
}

async function measureLists(place: BenchPlace) {
  const { db } = place;
  const ours = (metadata: JsonMembers) => getSecurityEvents(db, { metadata, hours: 87_600, limit: 100 });
  const captured = await captureQuery(db, (spy) => getSecurityEvents(spy, { metadata: { a: 1 }, hours: 87_600 }));
  const raw = rawRunner(place);
  const run = raw.make(captured);
  const results = [];
  for (const [name, filterOf] of Object.entries(filters)) {
    const batch = 50;
    const valuesOf = (n: number) =>
      captured.values.map((value) => (value instanceof JsonParameter ? json(filterOf(n)) : value));
    const operation = `100 newest, JSON ${name}`;
    const comparison = { operation, engine: db.engine, against: "raw driver", atLeast: 0.8, batch };
    results.push(
      await compare(
        {
          ...comparison,
          ours: () => many(batch, 1, (n) => ours(filterOf(n))),
          other: () => many(batch, 1, (n) => run(valuesOf(n))),
        },
        turns,
      ),
    );
  }
  await raw.close();
  return results;
}

async function measureScan({ db }: BenchPlace): Promise<void> {
  const text = { sqlite: `json_extract("metadata_json", '$.session')`, postgres: `metadata_json ->> 'session'` }[
    db.engine
  ];
  const where = `${text} = 's${rows}'`;
  const sql = `SELECT * FROM security_events WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT 101`;
  const took = await seconds(() => db.executor.all({ sql, readOnly: true, recurring: false }, []));
  console.log(`${db.engine}: list of one event without an index: ${(took * 1000).toFixed(0)} ms`);
}

/** What retention does, a thousand rows at a time. */
async function deleteOldest({ db }: BenchPlace): Promise<void> {
  const oldest = db.sql.selectFrom("security_events").select("id").orderBy("created_at").orderBy("id").limit(1000);
  await fetchAll(db, db.sql.deleteFrom("security_events").where("id", "in", oldest).returning("id"));
}

for (const engine of engines) {
  const [plain, searched] = [await loadedPlace(engine), await loadedPlace(engine)];
  await measureScan(plain);
  const before = await bytesOf(searched);
  console.log(`${engine}: index of ${rows} events made in ${(await seconds(() => migrate(searched.db))).toFixed(1)} s`);
  console.log(`${engine}: bytes an event: ${before / rows}, its index ${((await bytesOf(searched)) - before) / rows}`);
  const lists = await measureLists(searched);
  const writes = [];
  const documents = {
    "without JSON": undefined,
    "with 1 member": {},
    "with 4 members": { source: "b", attempt: 1, keyId: 7 },
  };
  for (const [name, metadata] of Object.entries(documents)) {
    const comparison = { operation: `logSecurityEvent ${name}`, engine, against: "no index", atLeast: 0.8, batch: 300 };
    writes.push(
      await compare({ ...comparison, ours: logEvents(searched, metadata), other: logEvents(plain, metadata) }, turns),
    );
  }
  const deletes = { operation: "deletion of the oldest", engine, against: "no index", atLeast: 0.5, batch: 1000 };
  const deleted = await compare(
    { ...deletes, ours: () => deleteOldest(searched), other: () => deleteOldest(plain) },
    turns,
  );
  console.log(formatTable([...lists, ...writes, deleted]));
  await plain.remove();
  await searched.remove();
}
