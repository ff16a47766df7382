import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createBackup,
  getBackupInfo,
  listBackups,
  restoreBackup,
  verifyBackup,
} from "../../../src/operations/backup/index.ts";
import { getAuditLogs } from "../../../src/audit/index.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { startProcess } from "../../support/processes/run.ts";
import { countRows } from "../../support/rows.ts";

const key = "correct horse battery staple";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-backup-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function filesIn(place: string): Promise<string[]> {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted();
}

const freshFolder = () => mkdtemp(join(folder, "b-"));

describeOnEachEngine("A backup", (context) => {
  beforeAll(async () => {
    const { id } = await createTestCompany(context.db);
    for (let count = 0; count < 5; count += 1) await createTestUser(context.db, { company_id: id });
  });

  test("says what it holds, is verified, and nobody else can read it", async () => {
    const place = await freshFolder();
    const backup = await createBackup(context.db, { folder: place });
    expect(backup).toMatchObject({ verified: true, engine: context.engine, encrypted: false, uploads: null });
    expect(backup.createdAt).toEqual(context.clock.now());
    expect(backup.rowCounts["users"]).toBe(await countRows(context.db, "users"));
    expect(backup.schemaVersion).toMatch(/^\d{4}$/);
    const bytes = await readFile(backup.backupPath);
    expect(bytes.length).toBe(backup.sizeBytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(backup.sha256);
    const names = await readdir(place);
    expect(names).toHaveLength(2);
    for (const name of names) expect((await stat(join(place, name))).mode & 0o777).toBe(0o600);
    expect(await getBackupInfo(backup.backupPath)).toEqual(backup);
    expect(await listBackups(place)).toEqual([backup]);
  });

  test("is recorded with who made it", async () => {
    const { id } = await createTestUser(context.db);
    const { backupPath, sha256 } = await createBackup(context.db, {
      folder: await freshFolder(),
      verify: false,
      actor: { userId: id, ipAddress: "192.0.2.7" },
    });
    const { items } = await getAuditLogs(context.db, { action: "backup_created", limit: 1 });
    const metadataJson = { backup: basename(backupPath), sha256 };
    expect(items).toMatchObject([{ userId: id, ipAddress: "192.0.2.7", metadataJson }]);
  });

  test("never has the name of another, though both are made in the same second", async () => {
    const place = await freshFolder();
    await Promise.all([1, 2].map(() => createBackup(context.db, { folder: place, verify: false })));
    expect(await listBackups(place)).toHaveLength(2);
  });

  test.each([{ compress: "gzip" as const }, { compress: "zstd" as const, encrypt: { key } }])(
    "is verified and restored as $compress, encrypted: $encrypt",
    async (form) => {
      const place = await freshFolder();
      const backup = await createBackup(context.db, { folder: place, ...form });
      const secret = form.encrypt ?? {};
      const before = await countRows(context.db, "users");
      await createTestUser(context.db);
      const outcome = await restoreBackup(context.db, backup.backupPath, { confirm: true, ...secret });
      expect(outcome.preRestoreBackup).not.toBeNull();
      expect(await countRows(context.db, "users")).toBe(before);
    },
  );

  test("that was not verified says so, until it is", async () => {
    const place = await freshFolder();
    const backup = await createBackup(context.db, { folder: place, verify: false });
    expect(backup.verified).toBe(false);
    expect(await verifyBackup(backup.backupPath, { server: context.db })).toEqual({ ...backup, verified: true });
    expect((await getBackupInfo(backup.backupPath)).verified).toBe(true);
  });

  test("holds the uploaded files, and its restore brings them back and takes newer ones away", async () => {
    const place = await freshFolder();
    const uploads = join(place, "uploads");
    await mkdir(join(uploads, "deep"), { recursive: true });
    await writeFile(join(uploads, "one.txt"), "one");
    await writeFile(join(uploads, "deep", "two.bin"), Buffer.alloc(200_000, 7));
    await writeFile(join(uploads, "empty"), "");
    const backup = await createBackup(context.db, { folder: join(place, "backups"), uploads, compress: "zstd" });
    expect(backup.uploads?.files).toBe(3);
    await rm(join(uploads, "deep"), { recursive: true });
    await writeFile(join(uploads, "one.txt"), "changed");
    await writeFile(join(uploads, "newer.txt"), "newer");
    await expect(restoreBackup(context.db, backup.backupPath, { confirm: true })).rejects.toMatchObject({
      field: "uploads",
    });
    const { preRestoreBackup } = await restoreBackup(context.db, backup.backupPath, { confirm: true, uploads });
    expect(await readFile(join(uploads, "one.txt"), "utf8")).toBe("one");
    expect(await readFile(join(uploads, "deep", "two.bin"))).toEqual(Buffer.alloc(200_000, 7));
    expect(await filesIn(uploads)).toEqual(["empty", "one.txt", "two.bin"]);
    await restoreBackup(context.db, preRestoreBackup ?? "", { confirm: true, uploads });
    expect(await filesIn(uploads)).toEqual(["empty", "newer.txt", "one.txt"]);
    expect(await readFile(join(uploads, "one.txt"), "utf8")).toBe("changed");
    expect((await readdir(place)).toSorted()).toEqual(["backups", "uploads"]);
  }, 120_000);

  test("is made while others write without pause, and holds one state", async () => {
    const place = await freshFolder();
    const rows = await countRows(context.db, "companies");
    const writer = await startProcess("writer.ts", { url: context.url });
    const backup = await createBackup(context.db, { folder: place });
    await writer.kill();
    expect(backup.rowCounts["companies"]).toBeGreaterThan(rows);
    expect(await countRows(context.db, "companies")).toBeGreaterThan(backup.rowCounts["companies"] ?? 0);
    expect(backup.verified).toBe(true);
    expect(backup.longestWaitMs).toBeGreaterThan(0);
  });

  test("is made while another process holds the write lock, and tells that the log could not be written", async () => {
    const place = await freshFolder();
    const unrecorded: string[] = [];
    const other = await context.openAnother();
    const backup = await other.executor.transaction(async (tx) => {
      await tx.script("UPDATE companies SET name = name || '!'");
      return createBackup(context.db, { folder: place, onUnrecorded: ({ code }) => unrecorded.push(code) });
    });
    await other.close();
    expect(backup.verified).toBe(true);
    // On PostgreSQL nobody waits for the lock of a row of another table.
    expect(unrecorded).toEqual(context.engine === "sqlite" ? ["BUSY"] : []);
  });

  test("leaves nothing unfinished behind", async () => {
    const place = await freshFolder();
    const { backupPath } = await createBackup(context.db, { folder: place, encrypt: { key } });
    expect((await readdir(place)).filter((name) => !name.startsWith(basename(backupPath).slice(0, 42)))).toEqual([]);
    expect((await readFile(backupPath)).includes("CREATE TABLE")).toBe(false);
  });

  test("refuses options that it does not know, and keys that could be guessed", async () => {
    const wrong = { folder, destination: "/" };
    await expect(createBackup(context.db, wrong)).rejects.toMatchObject({
      code: "INVALID_INPUT",
      field: "destination",
    });
    const short = createBackup(context.db, { folder, encrypt: { key: "short" } });
    await expect(short).rejects.toMatchObject({ field: "encrypt.key" });
  });

  test("keeps what a restore replaced, changed rows as well as new ones", async () => {
    const place = await freshFolder();
    const { id } = await createTestCompany(context.db, { name: "before" });
    const rename = (name: string) =>
      runQuery(context.db, context.db.sql.updateTable("companies").set({ name }).where("id", "=", id));
    const backup = await createBackup(context.db, { folder: place });
    await rename("after");
    const { preRestoreBackup } = await restoreBackup(context.db, backup.backupPath, { confirm: true });
    const nameNow = async () =>
      (
        await context.db.executor.all(
          { sql: `SELECT name FROM companies WHERE id = ${id}`, readOnly: true, recurring: false },
          [],
        )
      )[0]?.["name"];
    expect(await nameNow()).toBe("before");
    await restoreBackup(context.db, preRestoreBackup ?? "", { confirm: true });
    expect(await nameNow()).toBe("after");
  });
});
