import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createBackup,
  findBackupBefore,
  getBackupInfo,
  listBackups,
  previewRestore,
  pruneBackups,
  restoreBackup,
  verifyBackup,
} from "../../../src/operations/backup/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine, testKeys } from "../../support/engines.ts";
import { forgeManifest, manifestOf } from "../../support/forge-manifest.ts";
import { countRows } from "../../support/rows.ts";

const otherKeys = { current: { id: "other", key: new Uint8Array(32).fill(9) } };
const encrypt = { key: "correct horse battery staple" };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-signed-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const freshFolder = () => mkdtemp(join(folder, "b-"));

describeOnEachEngine("A backup's signature", (context) => {
  beforeAll(() => createTestUser(context.db));

  /** Refused by all that read it, and nothing is restored. */
  async function expectRefused(path: string): Promise<void> {
    const users = await countRows(context.db, "users");
    const refused = { code: "BACKUP_INVALID", message: expect.stringContaining("--trust-unsigned") };
    await expect(verifyBackup(path, { server: context.db })).rejects.toMatchObject(refused);
    await expect(previewRestore(context.db, path)).rejects.toMatchObject(refused);
    await expect(restoreBackup(context.db, path, { confirm: true })).rejects.toMatchObject(refused);
    expect(await countRows(context.db, "users")).toBe(users);
  }

  test("is there whether it is encrypted or not, and verifying keeps it", async () => {
    for (const form of [{}, { encrypt }]) {
      const { backupPath, signed } = await createBackup(context.db, {
        folder: await freshFolder(),
        verify: false,
        ...form,
      });
      expect(signed).toBe(true);
      await verifyBackup(backupPath, { server: context.db, ...form.encrypt });
      expect(await getBackupInfo(backupPath, { database: context.db })).toMatchObject({ signed: true, verified: true });
      expect(await getBackupInfo(backupPath, { keys: otherKeys })).toMatchObject({ signed: false });
    }
  });

  test("attack: without it a backup whose manifest fits is refused, unless the caller says so", async () => {
    const { backupPath } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    await forgeManifest(backupPath);
    await expectRefused(backupPath);
    expect(await getBackupInfo(backupPath)).toMatchObject({ signed: false });
    expect(await verifyBackup(backupPath, { server: context.db, trustUnsigned: true })).toMatchObject({
      signed: false,
    });
    // Having been tried makes nothing ours.
    await expectRefused(backupPath);
    const outcome = await restoreBackup(context.db, backupPath, { confirm: true, trustUnsigned: true });
    expect(await getBackupInfo(outcome.preRestoreBackup ?? "", { database: context.db })).toMatchObject({
      signed: true,
    });
  });

  test("attack: one that was copied from another backup, or is none, does not count", async () => {
    const place = await freshFolder();
    const [one, other] = await Promise.all(
      [1, 2].map(() => createBackup(context.db, { folder: place, verify: false })),
    );
    const { signature } = JSON.parse(await readFile(manifestOf(other?.backupPath ?? ""), "utf8")) as {
      signature: string;
    };
    const path = one?.backupPath ?? "";
    await forgeManifest(path);
    for (const stolen of [signature, "", "mac1.test.AAAA"]) {
      const manifest = JSON.parse(await readFile(manifestOf(path), "utf8")) as object;
      await writeFile(manifestOf(path), JSON.stringify({ ...manifest, signature: stolen }));
      await expectRefused(path);
    }
  });

  test("of another installation is refused, and its backup taken when the caller says so", async () => {
    const other = await context.openAnother({ keys: otherKeys });
    const { backupPath } = await createBackup(other, { folder: await freshFolder(), verify: false });
    await expectRefused(backupPath);
    const before = await readFile(manifestOf(backupPath), "utf8");
    expect(await verifyBackup(backupPath, { server: context.db, trustUnsigned: true })).toMatchObject({
      verified: true,
    });
    // What the other one signed stays as it is.
    expect(await readFile(manifestOf(backupPath), "utf8")).toBe(before);
    expect(await verifyBackup(backupPath, { server: context.url, keys: otherKeys })).toMatchObject({ signed: true });
  });

  test("a key that signed before counts as long as it is among the keys", async () => {
    const { backupPath } = await createBackup(context.db, { folder: await freshFolder(), verify: false });
    const rotated = { ...otherKeys, previous: [testKeys.current] };
    await expect(verifyBackup(backupPath, { server: context.url, keys: otherKeys })).rejects.toMatchObject({
      message: expect.stringContaining("no key of this installation"),
    });
    expect(await verifyBackup(backupPath, { server: context.url, keys: rotated })).toMatchObject({ signed: true });
    // It was signed anew, with the key that is the current one.
    expect(await getBackupInfo(backupPath, { keys: otherKeys })).toMatchObject({ signed: true });
  });

  test("attack: a date in a manifest that nobody signed makes no other backup go, nor come first", async () => {
    const place = await freshFolder();
    context.clock.set(new Date("2026-03-01T00:00:00Z"));
    const genuine = await createBackup(context.db, { folder: place });
    const forged = [];
    for (const form of [{}, { encrypt }, {}]) {
      const { backupPath } = await createBackup(context.db, { folder: place, verify: false, ...form });
      const text = await readFile(manifestOf(backupPath), "utf8");
      const later = text.replace(/"createdAt": "[^"]*"/, `"createdAt": "2039-01-01T00:00:00.000Z"`);
      if (form.encrypt === undefined)
        await forgeManifest(backupPath, { createdAt: "2039-01-01T00:00:00.000Z", verified: true });
      else await writeFile(manifestOf(backupPath), later.replace(`"verified": false`, `"verified": true`));
      forged.push(backupPath);
    }
    const listed = await listBackups(place, { database: context.db });
    expect(listed.filter(({ signed }) => signed).map(({ backupPath }) => backupPath)).toEqual([genuine.backupPath]);
    expect(
      listed
        .filter(({ signed }) => !signed)
        .map(({ backupPath }) => backupPath)
        .toSorted(),
    ).toEqual(forged.toSorted());
    const found = await findBackupBefore(place, new Date("2040-01-01"), { database: context.db });
    expect(found?.backupPath).toBe(genuine.backupPath);
    const { kept } = await pruneBackups(place, { keep: 1, database: context.db });
    // What is dated ahead of the clock stays until its time has come, whoever wrote it.
    expect(kept).toHaveLength(4);
    expect(await getBackupInfo(genuine.backupPath, { database: context.db })).toMatchObject({ signed: true });
  });
});
