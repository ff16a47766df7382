import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { validateSession } from "../src/identity/sessions/index.ts";
import { runHealthCheck } from "../src/operations/health/index.ts";
import { systemTables, tables } from "../src/schema/tables.ts";
import { type Comparison, explainMissing, p99, type Result } from "./compare.ts";
import { type BenchSize, sessionToken } from "./data.ts";
import type { BenchPlace } from "./places.ts";
import { rawSqlite } from "./raw-driver.ts";

const run = promisify(execFile);

const megabyte = 1024 * 1024;
const eventColumns = "event_type, severity, user_id, email, ip_address, description, created_at";

/** Copies events, with metadata of 4 KB each, until the database has the size that a goal is stated for. */
export function growTo(megabytes: number, { file }: BenchPlace): void {
  const database = rawSqlite(file);
  while (statSync(file).size < megabytes * megabyte) {
    database.exec(`INSERT INTO security_events (${eventColumns}, metadata_json)
      SELECT ${eventColumns}, json_object('note', hex(randomblob(2000))) FROM security_events WHERE id <= 5000;
      PRAGMA wal_checkpoint(TRUNCATE)`);
  }
  database.close();
}

/** Compares a whole health check with what the shell of SQLite needs for its checks and the counts alone. */
export function healthComparison({ db, file }: BenchPlace): Comparison {
  const counts = [...systemTables, ...tables].map(({ name }) => `SELECT count(*) FROM "${name}";`);
  const script = `PRAGMA integrity_check; PRAGMA foreign_key_check; ${counts.join(" ")}`;
  return {
    operation: `runHealthCheck, ${Math.round(statSync(file).size / 1024 / 1024)} MB`,
    engine: db.engine,
    against: "sqlite3: integrity_check, foreign_key_check, counts",
    atLeast: 0.8,
    batch: 1,
    turns: { rounds: 5, warmUps: 1 },
    ours: async () => {
      const { healthy } = await runHealthCheck(db);
      if (!healthy) throw new Error("The bench's database is not healthy.");
    },
    other: async () => void (await run("sqlite3", ["-readonly", file, script]).catch(explainMissing("sqlite3"))),
  };
}

const requestsOfTurn = 10;

/** Times requests one after the other, as a server gets them, for as long as `goesOn`. */
async function timeRequests({ db }: BenchPlace, { sessions }: BenchSize, goesOn: () => boolean): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  while (goesOn()) {
    for (let left = requestsOfTurn; left > 0; left -= 1) {
      next += 1;
      const started = performance.now();
      await validateSession(db, sessionToken(1 + (next % sessions)));
      times.push(performance.now() - started);
    }
    await nextTurn();
  }
  return times;
}

/** Measures how long requests take while a health check runs, and while none does. */
export async function requestsDuringHealthCheck(place: BenchPlace, size: BenchSize): Promise<Result> {
  const rounds: { idle: number; busy: number }[] = [];
  for (let round = 0; round < 3; round += 1) {
    let checking = true;
    const started = performance.now();
    const check = runHealthCheck(place.db).finally(() => (checking = false));
    const busy = p99(await timeRequests(place, size, () => checking));
    await check;
    const until = performance.now() + Math.max(performance.now() - started, 1000);
    rounds.push({ busy, idle: p99(await timeRequests(place, size, () => performance.now() < until)) });
  }
  const [middle] = rounds.toSorted((one, other) => one.idle / one.busy - other.idle / other.busy).slice(1);
  const { idle, busy } = middle ?? { idle: NaN, busy: NaN };
  return {
    operation: "validateSession, p99 during runHealthCheck",
    engine: place.db.engine,
    against: "its p99 at rest",
    atLeast: 0.5,
    ratio: idle / busy,
    ours: 1000 / busy,
    other: 1000 / idle,
    pythonFactor: undefined,
  };
}
