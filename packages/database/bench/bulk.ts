import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { batchInsert } from "../src/records/index.ts";
import type { Comparison } from "./compare.ts";
import { type BenchPlace, rawPool } from "./places.ts";
import { rawSqlite } from "./raw-driver.ts";

const count = 100_000;
const eventType = "bench.bulk";
const columns = ["event_type", "severity", "description", "email", "ip_address", "metadata_json", "created_at"];

const records = Array.from({ length: count }, (_, number) => ({
  eventType,
  severity: number % 3 === 0 ? "high" : "low",
  description: `Failed sign-in ${number}`,
  email: `user${number % 1000}@example.org`,
  ipAddress: `192.0.2.${number % 256}`,
  metadataJson: { attempt: number % 10, source: "bench" },
}));

type BenchRecord = (typeof records)[number];

function valuesOf(record: BenchRecord, createdAt: string | number): (string | number)[] {
  const { severity, description, email, ipAddress, metadataJson } = record;
  return [eventType, severity, description, email, ipAddress, JSON.stringify(metadataJson), createdAt];
}

/** A prepared statement in a loop, in one transaction. */
function rawLoop(file: string): { run: () => void; close: () => void } {
  const database = rawSqlite(file);
  const insert = database.prepare(
    `INSERT INTO security_events (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
  );
  const run = () => {
    database.exec("BEGIN IMMEDIATE");
    for (const record of records) insert.run(...valuesOf(record, Date.now()));
    database.exec("COMMIT");
  };
  return { run, close: () => database.close() };
}

async function rawCopy(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  const lines = Readable.from(records.map((record) => `${valuesOf(record, new Date().toISOString()).join("\t")}\n`));
  const copy = copyFrom(`COPY security_events (${columns.join(", ")}) FROM STDIN`);
  await pipeline(lines, client.query(copy));
  client.release();
}

/** Compares inserting many events in one transaction with what the raw driver does best. */
export function bulkComparison({ db, file, url }: BenchPlace): { comparison: Comparison; close: () => Promise<void> } {
  const isSqlite = db.engine === "sqlite";
  const loop = isSqlite ? rawLoop(file) : undefined;
  const pool = isSqlite ? undefined : rawPool(url);
  const remove = {
    sql: `DELETE FROM security_events WHERE event_type = '${eventType}'`,
    readOnly: false,
    recurring: false,
  };
  const comparison: Comparison = {
    operation: "batchInsert of 100,000 events",
    engine: db.engine,
    against: isSqlite ? "node:sqlite, a prepared statement in one transaction" : "COPY",
    atLeast: 0.7,
    batch: count,
    turns: { rounds: 7, warmUps: 1 },
    ours: async () => void (await batchInsert(db, "security_events", records, { batchSize: count })),
    other: () => (pool === undefined ? loop?.run() : rawCopy(pool)),
    cleanUp: async () => void (await db.executor.run(remove, [])),
  };
  const close = async () => {
    loop?.close();
    await pool?.end();
  };
  return { comparison, close };
}
