import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import {
  checkDatabaseConnection,
  checkForeignKeyConstraints,
  checkTableIntegrity,
  getDatabaseStats,
  runHealthCheck,
} from "../../../src/operations/health/index.ts";
import { tables } from "../../../src/schema/tables.ts";
import { createTestUser } from "../../support/people/accounts.ts";

const pageBytes = 4096;

/** The page that the tree of a table or index begins in, counted from 1. */
function rootPage(file: string, name: string): number {
  using raw = new DatabaseSync(file);
  return Number(raw.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(name)?.["rootpage"]);
}

/** Inverts the bits of one byte of a file. */
function flipByte(file: string, position: number): void {
  const descriptor = openSync(file, "r+");
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, position);
  byte[0] = ~(byte[0] ?? 0) & 0xff;
  writeSync(descriptor, byte, 0, 1, position);
  closeSync(descriptor);
}

describe("A SQLite database", () => {
  let folder: string;
  let file: string;
  let db: Database;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-health-"));
    file = join(folder, "ghost.db");
    db = await openDatabase(`sqlite:${file}`, { synchronous: "normal" });
  });
  afterEach(async () => {
    await db.close();
    await rm(folder, { recursive: true });
  });

  /** Damages the closed file and opens it again. */
  const reopenAfter = async (damage: () => void) => {
    await createTestUser(db);
    await createTestUser(db);
    await db.close();
    damage();
    db = await openDatabase(`sqlite:${file}`, { migrations: "ignore" });
  };

  test("whose file was deleted while it was open is unhealthy, and no new file is made", async () => {
    rmSync(file);
    expect(await checkDatabaseConnection(db)).toMatchObject({
      healthy: false,
      error: { code: "CONNECTION_FAILED", message: "The database file is missing." },
    });
    const report = await runHealthCheck(db);
    expect(report.healthy).toBe(false);
    expect(report.alerts).toEqual([
      { level: "critical", code: "CONNECTION", message: "The database file is missing." },
    ]);
    await expect(getDatabaseStats(db)).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    expect(() => rmSync(file)).toThrow("ENOENT");
  });

  test("whose file was replaced while it was open is unhealthy", async () => {
    const copy = join(folder, "copy.db");
    await copyFile(file, copy);
    renameSync(copy, file);
    expect(await checkDatabaseConnection(db)).toMatchObject({
      healthy: false,
      error: { message: "Another file lies in the place of the database." },
    });
    expect(await checkTableIntegrity(db)).toMatchObject({ healthy: false, errors: [{ kind: "unreadable" }] });
    expect(await checkForeignKeyConstraints(db)).toMatchObject({ healthy: false });
  });

  test("with a flipped byte in a table's page is damaged there", async () => {
    // The kind of the page, in its first byte.
    await reopenAfter(() => flipByte(file, (rootPage(file, "users") - 1) * pageBytes));
    const { healthy, errors } = await checkTableIntegrity(db);
    expect(healthy).toBe(false);
    expect(errors).toContainEqual(expect.objectContaining({ kind: "damaged", table: "users" }));
    const report = await runHealthCheck(db);
    expect(report.healthy).toBe(false);
    expect(report.alerts).toContainEqual(expect.objectContaining({ level: "critical", code: "INTEGRITY" }));
  });

  test("with a flipped byte in an index's key is damaged there", async () => {
    // The last byte of a page belongs to the first key that was put in.
    await reopenAfter(() => flipByte(file, rootPage(file, "users_email_key") * pageBytes - 2));
    const { errors } = await checkTableIntegrity(db);
    expect(errors).toContainEqual(expect.objectContaining({ kind: "damaged", table: "users" }));
    expect(JSON.stringify(errors)).not.toContain("example.org");
  });

  test("with damage everywhere is unhealthy, and every check says so without throwing", async () => {
    await reopenAfter(() => {
      for (const name of tables.map((table) => table.name)) flipByte(file, (rootPage(file, name) - 1) * pageBytes);
    });
    expect(await checkTableIntegrity(db)).toMatchObject({ healthy: false });
    expect(await checkForeignKeyConstraints(db)).toMatchObject({ healthy: false });
    expect(await runHealthCheck(db)).toMatchObject({ healthy: false });
  });

  test("in memory is checked as any other", async () => {
    await using memory = await openDatabase("sqlite::memory:");
    await createTestUser(memory);
    expect(await runHealthCheck(memory)).toMatchObject({
      healthy: true,
      stats: { tableCounts: { users: 1 }, walBytes: null },
    });
  });
});
