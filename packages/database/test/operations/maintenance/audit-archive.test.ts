import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runQuery } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { archiveInFolder, getAuditLogs, logAudit, runMaintenance, verifyAuditArchive } from "../../../src/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("An archive of the audit log", (context) => {
  let folder: string;
  beforeEach(async () => {
    await runQuery(context.db, context.db.sql.deleteFrom("audit_logs"));
    folder = join(await mkdtemp(join(tmpdir(), "nerve-archive-")), "archive");
  });
  afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

  async function log(count: number) {
    await transaction(context.db, async (tx) => {
      for (let index = 0; index < count; index += 1) await logAudit(tx, { action: "old", metadata: { index } });
    });
    context.clock.advance({ days: 400 });
  }

  async function rotate() {
    const { jobs } = await runMaintenance(context.db, "monthly", { auditArchiveFolder: folder });
    return jobs[0];
  }

  const files = async () => (await readdir(folder)).toSorted().map((name) => join(folder, name));
  const verify = (file: string) => verifyAuditArchive(context.db, file);

  /** Changes the lines of an archive. */
  async function tamper(file: string, change: (lines: string[]) => string[]) {
    const lines = gunzipSync(await readFile(file))
      .toString()
      .split("\n");
    await writeFile(file, gzipSync(change(lines).join("\n")));
  }

  test("holds every row, in files that only their owner reads, and verifies", async () => {
    await log(3);
    expect(await rotate()).toMatchObject({ name: "audit-rotation", status: "done", result: { rotated: 3 } });
    const [file = ""] = await files();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const verdict = await verify(file);
    expect(verdict).toMatchObject({ verified: true, rows: 3, previous: null });
    const [, ...rows] = gunzipSync(await readFile(file))
      .toString()
      .trim()
      .split("\n");
    expect(rows.map((row) => JSON.parse(row).metadataJson)).toEqual([{ index: 0 }, { index: 1 }, { index: 2 }]);

    const { items } = await getAuditLogs(context.db, { action: "audit_logs_rotated" });
    expect(items[0]?.metadataJson).toMatchObject({
      archived: true,
      rows: 3,
      archive: { file: basename(file), sha256: verdict.verified && verdict.sha256 },
    });
    expect((await getAuditLogs(context.db, { action: "old" })).items).toEqual([]);
  });

  test("names the one before it", async () => {
    await log(2001);
    await rotate();
    const [first = "", second = ""] = await files();
    const [one, other] = [await verify(first), await verify(second)];
    expect([one, other]).toMatchObject([
      { verified: true, rows: 2000, previous: null },
      { verified: true, rows: 1, previous: { file: basename(first), sha256: one.verified && one.sha256 } },
    ]);
  });

  test("is made again under the same name by a rotation that follows one that was killed", async () => {
    const { db } = context;
    await log(2);
    const { items } = await getAuditLogs(db, { action: "old" });
    const archive = archiveInFolder(db, folder);
    await archive(items);
    const [file = ""] = await files();
    await writeFile(join(folder, `.${basename(file)}.partial`), "half");
    await archive(items);
    expect(await files()).toEqual([file]);
    expect(await verify(file)).toMatchObject({ verified: true, rows: 2, previous: null });
  });

  test("is not made in a dry run, which counts the rows", async () => {
    await log(2);
    const { jobs } = await runMaintenance(context.db, "monthly", { auditArchiveFolder: folder, dryRun: true });
    expect(jobs[0]?.result).toEqual({ rotated: 2 });
    await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("attack: a changed, added, removed or forged row is noticed", async () => {
    await log(3);
    await rotate();
    const [file = ""] = await files();
    const original = await readFile(file);
    const changes: ((lines: string[]) => string[])[] = [
      (lines) => lines.map((line) => line.replace('"index":1', '"index":7')),
      (lines) => lines.filter((_, index) => index !== 2),
      (lines) => [...lines.slice(0, -1), lines[1] ?? "", ""],
    ];
    for (const change of changes) {
      await writeFile(file, original);
      await tamper(file, change);
      expect(await verify(file)).toEqual({ verified: false, reason: "changed" });
    }
    await writeFile(file, original);
    await tamper(file, (lines) => lines.map((line) => line.replace('"rows":3', '"rows":2')));
    expect(await verify(file)).toEqual({ verified: false, reason: "not-signed" });
    await writeFile(file, original.subarray(0, original.length - 20));
    expect(await verify(file)).toEqual({ verified: false, reason: "damaged" });
    await writeFile(file, "no archive");
    expect(await verify(file)).toEqual({ verified: false, reason: "damaged" });
  });

  test("of another installation is not signed", async () => {
    await log(1);
    await rotate();
    const [file = ""] = await files();
    const keys = { current: { id: "test", key: new Uint8Array(32).fill(8) } };
    const other = await context.openAnother({ keys });
    expect(await verifyAuditArchive(other, file)).toEqual({ verified: false, reason: "not-signed" });
  });

  test("that cannot be written leaves every row in the log", async () => {
    await log(2);
    await writeFile(folder, "a file in the folder's place");
    expect(await rotate()).toMatchObject({ status: "failed", error: { code: "FILE_UNUSABLE" } });
    expect((await getAuditLogs(context.db, { action: "old" })).items).toHaveLength(2);
  });
});
