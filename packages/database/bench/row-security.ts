// What row security costs: `node --conditions=@nerve/source packages/database/bench/row-security.ts`, on a server of its own.
import { parseArgs } from "node:util";
import { startPostgresServer } from "../../../test/support/postgres-server.ts";
import { type Caller, systemCaller } from "../src/access/caller.ts";
import type { Database } from "../src/database/handle.ts";
import { createCompany, createUser, updateUser } from "../src/identity/index.ts";
import { openDatabase } from "../src/opening/open-database.ts";
import { getSecurityEvents } from "../src/security/index.ts";
import { benchOptions } from "./places.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" } } });
const rounds = Number(values.rounds);
const companies = 20;
const eventsOfCompany = 5000;

await using server = await startPostgresServer({ fsync: "on", synchronous_commit: "on", full_page_writes: "on" });
await using owner = await openDatabase(server.url(), benchOptions);
const run = (sql: string) => owner.executor.run({ sql, readOnly: false, recurring: false }, []);
await fill();
const url = new URL(server.url());
url.username = "app";
url.password = "app";
const sides = { off: await open("off"), on: await open("auto") };
const caller = (id: number): Caller => ({ ...systemCaller, scope: { kind: "company", companyId: id } });
await compare("getSecurityEvents, 100 rows, 32 at once", 32, 1600, (db, number) =>
  getSecurityEvents(db, { limit: 100, hours: 720 }, caller(1 + (number % companies))),
);
await compare("getSecurityEvents, 100 rows, one at a time", 1, 400, (db, number) =>
  getSecurityEvents(db, { limit: 100, hours: 720 }, caller(1 + (number % companies))),
);
await compare("updateUser, 32 at once", 32, 640, (db, number) =>
  updateUser(
    db,
    { id: 1 + (number % companies), fullName: `Name ${Math.floor(performance.now() * 1000)}` },
    caller(1 + (number % companies)),
  ),
);
await Promise.all(Object.values(sides).map((db) => db.close()));

function open(rowSecurity: "auto" | "off"): Promise<Database> {
  return openDatabase(url.href, { ...benchOptions, rowSecurity, maxConnections: 10 });
}

async function fill(): Promise<void> {
  for (let number = 1; number <= companies; number += 1) {
    const { id } = await createCompany(owner, { name: `Company ${number}`, primaryDomain: `company${number}.example` });
    const email = `user@company${number}.example`;
    await createUser(owner, { email, password: "correct horse battery staple", role: "user", companyId: id });
  }
  await run(`INSERT INTO security_events (event_type, severity, description, metadata_json, created_at, company_id, acknowledged)
    SELECT 'login_failed', 'low', 'Failed sign-in', '{"attempt": 3}', '2026-06-01T12:00:00Z'::timestamptz - n * interval '1 minute',
      1 + n % ${companies}, false FROM generate_series(1, ${companies * eventsOfCompany}) AS n`);
  await run("CREATE ROLE app LOGIN PASSWORD 'app'");
  await run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app");
  await run("ANALYZE");
}

type Work = (db: Database, number: number) => Promise<unknown>;

/** Calls `work` so often, so many at once; milliseconds. */
async function time(db: Database, atOnce: number, calls: number, work: Work): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async () => {
    while (next < calls) {
      next += 1;
      await work(db, next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return performance.now() - started;
}

function median(list: readonly number[]): number {
  return list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)] ?? 0;
}

/** Both sides in turn, the first one changing, after a warm-up. */
async function compare(name: string, atOnce: number, calls: number, work: Work): Promise<void> {
  const times: Record<"off" | "on", number[]> = { off: [], on: [] };
  for (let round = -2; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (["off", "on"] as const) : (["on", "off"] as const);
    for (const side of order) {
      const took = await time(sides[side], atOnce, calls, work);
      if (round >= 0) times[side].push(took);
    }
  }
  const rate = (side: "off" | "on") => Math.round((calls * 1000) / median(times[side]));
  const ratio = median(times.on.map((took, at) => took / (times.off[at] ?? took)));
  console.log(`${name}: off ${rate("off")}/s, on ${rate("on")}/s, time on / off ${ratio.toFixed(2)}`);
}
