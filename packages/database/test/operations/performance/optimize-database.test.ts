import { closeSync, ftruncateSync, openSync, readSync, statfsSync, statSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { checkTableIntegrity } from "../../../src/operations/health/index.ts";
import { optimizeDatabase } from "../../../src/operations/performance/index.ts";
import { logSecurityEvent } from "../../../src/security/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("optimizeDatabase", (context) => {
  test("does each step that is asked for, in order, and leaves a sound database", async () => {
    const result = await optimizeDatabase(context.db, { reindex: true });
    expect(result.steps.map(({ step }) => step)).toEqual(["reindex", "vacuum", "analyze"]);
    for (const { durationMs } of result.steps) expect(durationMs).toBeGreaterThanOrEqual(0);
    expect(await checkTableIntegrity(context.db)).toMatchObject({ healthy: true });
    const nothing = await optimizeDatabase(context.db, { vacuum: false, analyze: false });
    expect(nothing.steps).toEqual([]);
  });

  test("lets reads and writes of the same handle go on meanwhile", async () => {
    const optimizing = optimizeDatabase(context.db);
    const users = await Promise.all([createTestUser(context.db), createTestUser(context.db)]);
    expect(users).toHaveLength(2);
    await optimizing;
  });

  test("refuses options that it does not know", async () => {
    await expect(optimizeDatabase(context.db, { vaccum: true } as object)).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});

test("On SQLite, a vacuum gives back the room of deleted rows, and says how much", async () => {
  await using db = await openDatabase("sqlite::memory:");
  const description = "x".repeat(2000);
  for (let count = 0; count < 500; count += 1) {
    await logSecurityEvent(db, { eventType: "test", severity: "info", description });
  }
  await runQuery(db, db.sql.deleteFrom("security_events"));
  const { sizeBeforeBytes, sizeAfterBytes } = await optimizeDatabase(db);
  expect(sizeBeforeBytes - sizeAfterBytes).toBeGreaterThan(900_000);
});

test("On SQLite, a vacuum that the disk has no room for is refused, and changes nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nerve-vacuum-"));
  const file = join(folder, "ghost.db");
  await (await openDatabase(`sqlite:${file}`)).close();
  // A file with holes, that says to be larger than what is free on its disk.
  const { bavail, bsize } = statfsSync(folder);
  const pages = Math.ceil((bavail * bsize) / 4096) + 1000;
  const descriptor = openSync(file, "r+");
  ftruncateSync(descriptor, pages * 4096);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(pages);
  writeSync(descriptor, count, 0, 4, 28);
  // The count of pages holds as long as these two counters are equal.
  readSync(descriptor, count, 0, 4, 24);
  writeSync(descriptor, count, 0, 4, 92);
  closeSync(descriptor);
  const size = statSync(file).size;

  const db = await openDatabase(`sqlite:${file}`);
  await expect(optimizeDatabase(db)).rejects.toMatchObject({
    code: "STORAGE_FULL",
    message: expect.stringMatching(
      /^The vacuum needs .+ of free disk in .+, and there are .+\. Nothing was changed\.$/,
    ),
  });
  expect(statSync(file).size).toBe(size);
  expect((await optimizeDatabase(db, { vacuum: false })).steps).toHaveLength(1);
  await db.close();
  await rm(folder, { recursive: true });
});
