import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openDatabase } from "../../src/opening/open-database.ts";
import { statement } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";

const insert = statement((sql, { name, now }: { name: string; now: Date }) =>
  sql.insertInto("companies").values({ name, primary_domain: name, created_at: now, updated_at: now }),
);
const count = statement((sql) => sql.selectFrom("companies").select(({ fn }) => fn.countAll<number>().as("count")));

describe("SQLite", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "nerve-sqlite-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test("makes its folder and file for the owner only, and leaves one file behind when it is closed", async () => {
    const file = join(folder, "data", "ghost.db");
    const db = await openDatabase(`sqlite:${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "data")).mode & 0o777).toBe(0o700);
    await db.close();
    await db.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(existsSync(`${file}-shm`)).toBe(false);
  });

  test("refuses work after it is closed, by that name", async () => {
    const db = await openDatabase("sqlite::memory:");
    await db.close();
    await expect(count.first(db, {})).rejects.toMatchObject({ code: "CLOSED" });
    await expect(insert.run(db, { name: "late", now: new Date(0) })).rejects.toMatchObject({ code: "CLOSED" });
    await expect(transaction(db, async () => 1)).rejects.toMatchObject({ code: "CLOSED" });
  });

  test("waits for an open transaction before it closes", async () => {
    const file = join(folder, "ghost.db");
    const db = await openDatabase(`sqlite:${file}`);
    const work = transaction(db, async (tx) => {
      for (let index = 0; index < 20; index += 1) await insert.run(tx, { name: `row-${index}`, now: new Date(0) });
    });
    await Promise.all([work, db.close()]);
    const again = await openDatabase(`sqlite:${file}`);
    expect(await count.first(again, {})).toEqual({ count: 20 });
    await again.close();
  });

  test("keeps every committed row of a process that was killed", async () => {
    const { spawnSync } = await import("node:child_process");
    const file = join(folder, "ghost.db");
    const source = new URL("../../src/index.ts", import.meta.url).href;
    const script = `const { openDatabase, logSecurityEvent } = await import(${JSON.stringify(source)});
      const db = await openDatabase(${JSON.stringify(`sqlite:${file}`)});
      for (let i = 0; i < 25; i += 1) await logSecurityEvent(db, { eventType: "x", severity: "info", description: "x" });
      process.kill(process.pid, "SIGKILL");`;
    const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
    expect(signal).toBe("SIGKILL");
    const db = await openDatabase(`sqlite:${file}`);
    const rows = await db.executor.all(
      { sql: "SELECT count(*) AS count FROM security_events", readOnly: true, recurring: false },
      [],
    );
    expect(rows).toEqual([{ count: 25 }]);
    await db.close();
  });

  test("bounds its write-ahead log while writers go on", async () => {
    const file = join(folder, "ghost.db");
    const db = await openDatabase(`sqlite:${file}`, { synchronous: "normal" });
    const filler = "x".repeat(200);
    let number = 0;
    const write = async () => {
      await transaction(db, async (tx) => {
        for (let index = 0; index < 500; index += 1) {
          number += 1;
          await insert.run(tx, { name: `${filler}${number}`, now: new Date(0) });
        }
      });
      return statSync(file).size;
    };
    // The thread moves the log into the file some time after it has grown past 4 MiB.
    await vi.waitFor(async () => expect(await write()).toBeGreaterThan(4 * 1024 * 1024), {
      timeout: 25_000,
      interval: 0,
    });
    await db.close();
  });

  test("says that a file is no database, and leaves it alone", async () => {
    const file = join(folder, "note.db");
    writeFileSync(file, "not a database, but long enough to be looked at".repeat(100));
    const size = statSync(file).size;
    await expect(openDatabase(`sqlite:${file}`)).rejects.toMatchObject({ code: "CORRUPT" });
    expect(statSync(file).size).toBe(size);
  });

  test("says that a folder cannot be opened", async () => {
    await expect(openDatabase(`sqlite:${folder}`)).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
  });

  test("in memory has databases of their own", async () => {
    const [one, other] = await Promise.all([openDatabase("sqlite::memory:"), openDatabase("sqlite::memory:")]);
    await insert.run(one, { name: "mine", now: new Date(0) });
    expect(await count.first(one, {})).toEqual({ count: 1 });
    expect(await count.first(other, {})).toEqual({ count: 0 });
    await Promise.all([one.close(), other.close()]);
  });

  test.each(["mysql://x", "ghost.db", ""])("refuses the URL %j with the field's name", async (url) => {
    await expect(openDatabase(url)).rejects.toMatchObject({ code: "INVALID_INPUT", field: "url" });
  });
});
