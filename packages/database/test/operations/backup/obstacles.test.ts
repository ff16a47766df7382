import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { transaction } from "../../../src/database/transaction.ts";
import type { Engine } from "../../../src/engines/port/engine.ts";
import { createBackup, getBackupInfo, listBackups, restoreBackup } from "../../../src/operations/backup/index.ts";
import { createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { makeSmallDisk } from "./disk-full.ts";
import { describeOnEachEngine, migratedPlace, testKeys } from "../../support/engines.ts";
import { runProcess } from "../../support/processes/run.ts";
import { countRows } from "../../support/rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-obstacles-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const freshFolder = () => mkdtemp(join(folder, "b-"));

/** Programs of a PostgreSQL version that print it and do nothing else. */
async function fakePrograms(version: string): Promise<string> {
  const place = await freshFolder();
  for (const name of ["pg_dump", "pg_restore"]) {
    await writeFile(join(place, name), `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`);
    await chmod(join(place, name), 0o755);
  }
  return place;
}

describeOnEachEngine("Backup and restore", (context) => {
  beforeAll(async () => {
    await createTestUser(context.db);
  });

  test("on a full disk fail as such, leave nothing of the backup, and the database as it was", async () => {
    const place = await freshFolder();
    const disk = makeSmallDisk(place, 128 * 1024);
    if (disk === undefined) {
      // Who may not mount a disk limits the size of files instead.
      const order = { task: "create", url: context.url, place };
      const outcome = await runProcess("backup.ts", order, { limit: 'ulimit -f 128; exec "$@"' });
      expect(outcome).toHaveProperty("code");
    } else {
      try {
        await expect(createBackup(context.db, { folder: place })).rejects.toMatchObject({ code: "STORAGE_FULL" });
        const backups = await freshFolder();
        const { backupPath } = await createBackup(context.db, { folder: backups, verify: false });
        await createTestUser(context.db);
        const users = await countRows(context.db, "users");
        const restore = restoreBackup(context.db, backupPath, { confirm: true, folder: place });
        await expect(restore).rejects.toMatchObject({ code: "STORAGE_FULL" });
        expect(await countRows(context.db, "users")).toBe(users);
        expect(await readdir(place)).toEqual([]);
      } finally {
        disk.remove();
      }
      return;
    }
    expect(await readdir(place)).toEqual([]);
  });

  test("say plainly that another process must stop first, and change nothing", async () => {
    const { backupPath } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    await createTestUser(context.db);
    const users = await countRows(context.db, "users");
    if (context.engine === "sqlite") {
      // This process has the file open, and does nothing.
      const outcome = await runProcess("backup.ts", { task: "restore", url: context.url, place: backupPath });
      expect(outcome).toMatchObject({ code: "BUSY", message: expect.stringContaining("Stop it") });
    } else {
      const writer = new pg.Client({ connectionString: context.url });
      await writer.connect();
      await writer.query("BEGIN; UPDATE companies SET name = name");
      const restore = restoreBackup(context.db, backupPath, { confirm: true });
      await expect(restore).rejects.toMatchObject({ code: "BUSY", message: expect.stringContaining("Stop") });
      await writer.end();
    }
    expect(await countRows(context.db, "users")).toBe(users);
    await createTestUser(context.db);
  });

  test("end no transaction of their own handle: a restore waits for it", async () => {
    const { backupPath, rowCounts } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    const open = Promise.withResolvers<void>();
    const writing = transaction(context.db, async (tx) => {
      await createTestUser(tx);
      await open.promise;
      await createTestUser(tx);
    });
    // The change itself begins when every connection is to be closed.
    const engine = context.db.connection as Engine & {
      whileClosed: (work: () => Promise<unknown>) => Promise<unknown>;
    };
    const change = engine.whileClosed.bind(engine);
    vi.spyOn(engine, "whileClosed").mockImplementation((work) => {
      queueMicrotask(open.resolve);
      return change(work);
    });
    const restored = restoreBackup(context.db, backupPath, { confirm: true });
    await expect(writing).resolves.toBeUndefined();
    const { preRestoreBackup } = await restored;
    expect(await countRows(context.db, "users")).toBe(rowCounts["users"]);
    const saved = await getBackupInfo(preRestoreBackup ?? "");
    expect(saved.rowCounts["users"]).toBe((rowCounts["users"] ?? 0) + 2);
  });
});

describeOnEachEngine("A restore while others use the handle", (context) => {
  test("makes their statements wait, and none of them fails", async () => {
    const place = await migratedPlace(context.engine);
    const db = await openDatabase(place.url, { keys: testKeys, busyTimeoutMs: 60_000, connectTimeoutMs: 60_000 });
    await createTestUser(db);
    const { backupPath } = await createBackup(db, { folder: await freshFolder(), verify: false });
    const stop = new AbortController();
    const use = async (work: () => Promise<unknown>) => {
      while (!stop.signal.aborted) {
        await work();
        await setImmediate();
      }
    };
    const uses = Promise.all([use(() => countRows(db, "users")), use(() => createTestUser(db))]);
    await restoreBackup(db, backupPath, { confirm: true });
    stop.abort();
    await expect(uses).resolves.toHaveLength(2);
    await db.close();
    await place.remove();
  });
});

describeOnEachEngine("PostgreSQL's client programs", (context) => {
  test("that are missing or older than the server are named, with what to install", async () => {
    if (context.engine === "sqlite") return; // It needs none.
    const place = await freshFolder();
    const missing = createBackup(context.db, { folder: place, programsFolder: place });
    await expect(missing).rejects.toMatchObject({
      code: "PROGRAM_MISSING",
      message: expect.stringContaining("Install"),
    });
    const old = createBackup(context.db, { folder: place, programsFolder: await fakePrograms("12.4") });
    await expect(old).rejects.toMatchObject({
      code: "PROGRAM_MISSING",
      message: expect.stringContaining("version 12"),
    });
    expect(await listBackups(place)).toEqual([]);
  });

  test("are found on the path, and too old ones there are passed over", async () => {
    if (context.engine === "sqlite") return; // It needs none.
    const searchPath = await fakePrograms("12.4");
    const backup = await createBackup(context.db, { folder: await freshFolder(), verify: false, searchPath });
    expect(backup.engineVersion).toMatch(/^PostgreSQL \d/);
  });

  test("get no password or name among their arguments", async () => {
    if (context.engine === "sqlite") return; // It needs none.
    const place = await freshFolder();
    const programs = await fakePrograms("99.0");
    const record = join(place, "arguments");
    await writeFile(
      join(programs, "pg_dump"),
      `#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.0" || echo "$@" > ${record}\n`,
    );
    await createBackup(context.db, { folder: join(place, "b"), verify: false, programsFolder: programs }).catch(
      () => undefined,
    );
    const text = await readFile(record, "utf8");
    expect(text).toContain("--format=custom");
    expect(text).not.toContain(new URL(context.url).pathname.slice(1));
  });

  test("cannot verify as a role that may not create databases, and the error says what is missing", async () => {
    if (context.engine === "sqlite") return; // It has no roles.
    const role = uniqueWord();
    const admin = new pg.Client({ connectionString: context.url });
    await admin.connect();
    await admin.query(`CREATE ROLE ${role} LOGIN BYPASSRLS PASSWORD 'x'; GRANT pg_read_all_data TO ${role};
      GRANT UPDATE ON schema_migrations TO ${role}`);
    const url = new URL(context.url);
    url.username = role;
    url.password = "x";
    const db = await openDatabase(url.href, { migrations: "ignore" });
    try {
      const place = await freshFolder();
      const backup = createBackup(db, { folder: place });
      await expect(backup).rejects.toMatchObject({
        code: "BACKUP_FAILED",
        message: expect.stringContaining("CREATEDB"),
      });
      const verified = await createBackup(db, { folder: place, maintenanceUrl: context.url });
      expect(verified.verified).toBe(true);
    } finally {
      await db.close();
      await admin.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await admin.end();
    }
  });
});

describeOnEachEngine("What no dump holds", (context) => {
  test("owners, rights and settings of the database survive a restore", async () => {
    if (context.engine === "sqlite") return; // It has none.
    const role = uniqueWord();
    const name = new URL(context.url).pathname.slice(1);
    const admin = new pg.Client({ connectionString: context.url });
    await admin.connect();
    await admin.query(`CREATE ROLE ${role}; REVOKE ALL ON DATABASE ${name} FROM PUBLIC; GRANT CONNECT ON DATABASE ${name} TO ${role};
      ALTER DATABASE ${name} SET search_path = "$user", public; ALTER DATABASE ${name} SET work_mem = '5MB';
      GRANT SELECT ON users TO ${role}`);
    await admin.end();
    const { backupPath } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    await restoreBackup(context.db, backupPath, { confirm: true });
    const after = new pg.Client({ connectionString: context.url });
    await after.connect();
    const { rows } = await after.query(
      `SELECT has_database_privilege($1, $2, 'CONNECT') AS connect, has_database_privilege($1, $2, 'TEMP') AS temp,
         has_table_privilege($1, 'users', 'SELECT') AS read, current_setting('work_mem') AS memory, current_setting('search_path') AS path`,
      [role, name],
    );
    expect(rows).toEqual([{ connect: true, temp: false, read: true, memory: "5MB", path: '"$user", public' }]);
    await after.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await after.end();
  });
});
