import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { runHealthCheck } from "../../../src/operations/health/index.ts";
import { optimizeDatabase } from "../../../src/operations/performance/index.ts";

let folder: string;
let db: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-log-"));
  db = await openDatabase(`sqlite:${join(folder, "ghost.db")}`, { synchronous: "normal", busyTimeoutMs: 100 });
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true });
});

test("a write-ahead log that a forgotten reader keeps is told, with the remedy, which works", async () => {
  const warnings = async () =>
    (await runHealthCheck(db, { walBytes: 1_000_000, freeBytes: 0 })).alerts.filter(({ code }) => code === "WAL_LARGE");
  const forgotten = new DatabaseSync(join(folder, "ghost.db"), { readOnly: true });
  forgotten.exec("BEGIN");
  forgotten.prepare("SELECT count(*) FROM users").get();
  const now = db.clock.now();
  const rows = Array.from({ length: 100 }, () => ({
    event_type: "filler",
    severity: "info",
    description: "x".repeat(20_000),
    created_at: now,
  }));
  await runQuery(db, db.sql.insertInto("security_events").values(rows));
  const [warning] = await warnings();
  expect(warning).toMatchObject({ level: "warning", message: expect.stringContaining("fuser -v") });
  const kept = await optimizeDatabase(db);
  expect(kept.sizeAfterBytes).toBeGreaterThan(kept.sizeBeforeBytes);
  expect(kept.walAfterBytes).toBeGreaterThan(1_000_000);

  forgotten.exec("COMMIT");
  forgotten.close();
  const done = await optimizeDatabase(db);
  expect(done.walAfterBytes).toBeLessThan(1_000_000);
  expect(done.sizeAfterBytes).toBeLessThan(done.sizeBeforeBytes);
  expect(await warnings()).toEqual([]);
});
