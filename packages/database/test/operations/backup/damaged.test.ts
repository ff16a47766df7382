import { copyFile, link, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BackupInfo } from "../../../src/operations/backup/index.ts";
import { createBackup, getBackupInfo, restoreBackup, verifyBackup } from "../../../src/operations/backup/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { countRows } from "../../support/rows.ts";

const key = "correct horse battery staple";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-damaged-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Changes one bit of a file. */
async function flipBit(path: string, position: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[position] = (bytes[position] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

const manifestOf = (path: string) => path.replace(/(_[0-9a-f]{12})\..*$/, "$1.json");

/** A copy of a backup in a folder of its own. */
async function copyOf({ backupPath }: BackupInfo): Promise<string> {
  const place = await mkdtemp(join(folder, "copy-"));
  for (const path of [backupPath, manifestOf(backupPath)]) await copyFile(path, join(place, basename(path)));
  return join(place, basename(backupPath));
}

describeOnEachEngine("A restore", (context) => {
  let plain: BackupInfo;
  let packed: BackupInfo;
  let encrypted: BackupInfo;
  let users: number;

  beforeAll(async () => {
    for (let count = 0; count < 3; count += 1) await createTestUser(context.db);
    plain = await createBackup(context.db, { folder, verify: false });
    packed = await createBackup(context.db, { folder, verify: false, compress: "zstd" });
    encrypted = await createBackup(context.db, { folder, verify: false, encrypt: { key } });
    await createTestUser(context.db);
    users = await countRows(context.db, "users");
  });

  /** Is not restored, and the database is as it was. */
  async function expectRefused(path: string, code: string, secret: { key?: string } = {}): Promise<void> {
    await expect(restoreBackup(context.db, path, { confirm: true, ...secret })).rejects.toMatchObject({ code });
    expect(await countRows(context.db, "users")).toBe(users);
    expect((await readdir(dirname(path))).filter((name) => name.startsWith("."))).toEqual([]);
  }

  test("is refused by verification as well, which says so of every damage", async () => {
    const path = await copyOf(packed);
    await flipBit(path, packed.sizeBytes - 30);
    const verify = verifyBackup(path, { server: context.db });
    await expect(verify).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    expect((await getBackupInfo(path)).verified).toBe(false);
  });

  test("does nothing without confirmation", async () => {
    const restore = restoreBackup(context.db, plain.backupPath, { confirm: false });
    await expect(restore).rejects.toMatchObject({ code: "INVALID_INPUT", field: "confirm" });
    expect(await countRows(context.db, "users")).toBe(users);
  });

  test("refuses a backup that is cut short, plain, packed or encrypted", async () => {
    for (const [backup, secret] of [
      [plain, {}],
      [packed, {}],
      [encrypted, { key }],
    ] as const) {
      const path = await copyOf(backup);
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
      await expectRefused(path, "BACKUP_INVALID", secret);
    }
  });

  test("refuses a backup with one bit changed, wherever it is", async () => {
    for (const [backup, secret] of [
      [plain, {}],
      [packed, {}],
      [encrypted, { key }],
    ] as const) {
      const path = await copyOf(backup);
      await flipBit(path, Math.floor(backup.sizeBytes * 0.7));
      await expectRefused(path, "BACKUP_INVALID", secret);
    }
  });

  test("refuses a backup of zero bytes, or without its file", async () => {
    const path = await copyOf(plain);
    await writeFile(path, "");
    await expectRefused(path, "BACKUP_INVALID");
    await rm(path);
    await expectRefused(path, "BACKUP_INVALID");
  });

  test("refuses a manifest that is missing, damaged or changed", async () => {
    const path = await copyOf(plain);
    const text = await readFile(manifestOf(path), "utf8");
    await writeFile(manifestOf(path), text.replace(/"users": \d+/, `"users": 1`));
    await expectRefused(path, "BACKUP_INVALID");
    await writeFile(manifestOf(path), text.slice(0, -20));
    await expectRefused(path, "BACKUP_INVALID");
    await rm(manifestOf(path));
    await expectRefused(path, "BACKUP_INVALID");
    await expect(getBackupInfo(path)).rejects.toMatchObject({ code: "BACKUP_INVALID" });
  });

  test("refuses a wrong key, a missing one, and one for a backup that is not encrypted", async () => {
    await expectRefused(encrypted.backupPath, "SECRET_UNREADABLE", { key: "another horse battery staple" });
    await expectRefused(encrypted.backupPath, "SECRET_UNREADABLE");
    await expectRefused(plain.backupPath, "BACKUP_INVALID", { key });
  });

  test("attack: an encrypted backup's manifest cannot be rewritten without the key", async () => {
    const path = await copyOf(encrypted);
    const text = await readFile(manifestOf(path), "utf8");
    await writeFile(manifestOf(path), text.replace(`"verified": false`, `"verified": true`));
    await expectRefused(path, "BACKUP_INVALID", { key });
  });

  test("refuses the live file itself, and any file that is no backup", async () => {
    if (context.engine === "postgres") return; // There the database is no file.
    const live = context.url.slice("sqlite:".length);
    await expectRefused(live, "BACKUP_INVALID");
    const path = await copyOf(plain);
    await rm(path);
    await link(live, path);
    await expectRefused(path, "BACKUP_INVALID");
  });

  test("comes back to the old state by itself when something fails after the change", async () => {
    const mine = new Error("mine");
    const restore = restoreBackup(context.db, plain.backupPath, {
      confirm: true,
      onProgress: (step) => {
        if (step === "completing") throw mine;
      },
    });
    await expect(restore).rejects.toBe(mine);
    expect(await countRows(context.db, "users")).toBe(users);
    await createTestUser(context.db);
    users += 1;
    expect(await countRows(context.db, "users")).toBe(users);
  });
});
