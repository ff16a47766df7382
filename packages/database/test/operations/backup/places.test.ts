import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../../src/index.ts";
import { createBackup, listBackups, restoreBackup } from "../../../src/operations/backup/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-backup-places-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function freshUploads(): Promise<{ place: string; uploads: string }> {
  const place = await mkdtemp(join(folder, "p-"));
  const uploads = join(place, "uploads");
  await mkdir(uploads);
  await writeFile(join(uploads, "f.txt"), "hello");
  return { place, uploads };
}

describeOnEachEngine("Folders that contain each other", (context) => {
  test("are refused by a backup, whichever is the outer one, through links too", async () => {
    const { place, uploads } = await freshUploads();
    await symlink(uploads, join(place, "link"));
    const folders = [uploads, join(uploads, "backups"), join(place, "link", "backups"), place];
    for (const backups of folders) {
      const refused = createBackup(context.db, { folder: backups, uploads });
      await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining(uploads) });
    }
    expect(await readdir(uploads)).toEqual(["f.txt"]);
  });

  test("are refused by a restore, which would delete the backups", async () => {
    const { place, uploads } = await freshUploads();
    const { backupPath } = await createBackup(context.db, { folder: join(place, "backups"), uploads, verify: false });
    const inside = join(uploads, "backups");
    const intoUploads = restoreBackup(context.db, backupPath, { confirm: true, uploads, folder: inside });
    await expect(intoUploads).rejects.toMatchObject({ code: "INVALID_INPUT" });
    const around = restoreBackup(context.db, backupPath, { confirm: true, uploads: place });
    await expect(around).rejects.toMatchObject({ code: "INVALID_INPUT", message: expect.stringContaining("path") });
    expect(await listBackups(join(place, "backups"))).toHaveLength(1);
  });

  test("do not keep a backup from being restored that lies elsewhere, in a folder of the backups say", async () => {
    const { place, uploads } = await freshUploads();
    const old = join(place, "backups", "old");
    const { backupPath } = await createBackup(context.db, { folder: old, uploads, verify: false });
    const outcome = await restoreBackup(context.db, backupPath, {
      confirm: true,
      uploads,
      folder: join(place, "backups"),
    });
    expect(outcome).toMatchObject({ preRestoreBackup: expect.any(String), keptUploads: null });
  });

  test("or not: replaced files stay while the backup that holds them cannot be read again", async () => {
    const { place, uploads } = await freshUploads();
    const backups = join(place, "backups");
    const { backupPath } = await createBackup(context.db, { folder: backups, uploads, verify: false });
    await writeFile(join(uploads, "f.txt"), "changed");
    await writeFile(join(uploads, "newer.txt"), "newer");
    const lost = async () => {
      const made = (await listBackups(backups)).find(({ reason }) => reason === "pre-restore");
      await rm(made?.backupPath ?? "");
    };
    let losing: Promise<void> | undefined;
    const restore = restoreBackup(context.db, backupPath, {
      confirm: true,
      uploads,
      onProgress: (step) => {
        if (step === "replacing") losing = lost();
      },
    });
    await expect(restore).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    await losing;
    expect((await readdir(uploads)).toSorted()).toEqual(["f.txt", "newer.txt"]);
    expect(await readFile(join(uploads, "f.txt"), "utf8")).toBe("changed");
  });
});

test("A restore to a machine that has no database yet brings the uploaded files, and keeps those in their way", async () => {
  const { place, uploads } = await freshUploads();
  await writeFile(join(uploads, "second.txt"), "second");
  const db = await openDatabase(`sqlite:${join(place, "ghost.db")}`);
  const { backupPath } = await createBackup(db, { folder: join(place, "backups"), uploads });
  await db.close();
  await rm(join(place, "ghost.db"));
  await rm(join(uploads, "f.txt"));
  await writeFile(join(uploads, "second.txt"), "another");
  const options = { confirm: true, uploads } as const;
  const outcome = await restoreBackup(`sqlite:${join(place, "ghost.db")}`, backupPath, options);
  expect((await readdir(uploads)).toSorted()).toEqual(["f.txt", "second.txt"]);
  expect(await readFile(join(uploads, "second.txt"), "utf8")).toBe("second");
  expect(outcome.preRestoreBackup).toBeNull();
  expect(basename(outcome.keptUploads ?? "")).toMatch(/^uploads\.replaced-/);
  expect(await readFile(join(outcome.keptUploads ?? "", "second.txt"), "utf8")).toBe("another");
});
