import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  createSession,
  createUser,
  type Database,
  findUserByEmail,
  getAuditLogs,
  getDatabaseStats,
  type JsonValue,
  logSecurityEvent,
  openDatabase,
  tables as allTables,
  validateSession,
} from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findSystemProgram } from "../../../test/support/system-programs.ts";
import { runQuery } from "../../database/src/database/statement.ts";
import { createTestUser } from "../../database/test/support/people/accounts.ts";
import { emptyPlace, migratedPlace, engineNames, type TestPlace } from "../../database/test/support/engines.ts";
import { nerve, nerveOn, type Outcome } from "./support/nerve.ts";

const programs = new Set([findSystemProgram("pg_dump"), findSystemProgram("pg_restore")]);

interface Made {
  readonly backupPath: string;
  readonly rowCounts: Record<string, number>;
}

interface Preview {
  readonly tables: { table: string; rowsInBackup: number; rowsInDatabase: number; missingRows: number }[];
}

describe.each(engineNames)("a life with backups on %s", (engine) => {
  let place: TestPlace;
  let other: TestPlace;
  let folder = "";
  beforeAll(async () => {
    place = await emptyPlace(engine);
    other = await emptyPlace(engine === "sqlite" ? "postgres" : "sqlite");
    folder = await mkdtemp(join(tmpdir(), "nerve-operations-"));
  });
  afterAll(async () => {
    await Promise.all([place.remove(), other.remove(), rm(folder, { recursive: true, force: true })]);
  });

  function run(words: readonly string[], environment: Record<string, string> = {}): Promise<Outcome> {
    const settings = {
      NERVE_BACKUP_FOLDER: join(folder, "backups"),
      NERVE_BACKUP_KEY: "a key of more than sixteen characters",
    };
    return nerveOn(place.url, words, { environment: { ...settings, ...environment } });
  }

  /** Runs a command with `--json` that is expected to be done, and reads its answer. */
  async function ask<T = Record<string, JsonValue>>(...words: string[]): Promise<T> {
    const { code, stdout, stderr } = await run([...words, "--json"]);
    expect({ words, code, stdout: code === 0 ? "" : stdout, stderr }).toEqual({
      words,
      code: 0,
      stdout: "",
      stderr: "",
    });
    return JSON.parse(stdout) as T;
  }

  async function use<T>(url: string, work: (db: Database) => Promise<T>): Promise<T> {
    await using db = await openDatabase(url);
    return await work(db);
  }

  const tableCounts = () => use(place.url, async (db) => (await getDatabaseStats(db)).tableCounts);
  let token = "";
  let backup = "";

  test("a new database is healthy, and can be measured and optimised", async () => {
    await ask("init");
    expect(await ask("health")).toMatchObject({
      healthy: true,
      connection: { healthy: true, latencyMs: expect.any(Number) },
      tables: { healthy: true, tablesChecked: expect.any(Number), errors: [] },
      foreignKeys: { healthy: true, violations: [] },
      stats: { totalRecords: expect.any(Number) },
      performance: expect.any(Object),
      alerts: [],
    });
    expect(await ask("stats")).toMatchObject({
      sizeBytes: expect.any(Number),
      tableCounts: { users: 0 },
      olderPasswordHashes: 0,
    });
    expect(await ask("optimize")).toMatchObject({ steps: [{ step: "vacuum" }, { step: "analyze" }] });
    expect((await run(["health"])).stdout).toMatch(/^The database is healthy\./);
  });

  test("accounts with a password hash of an older kind are told of", async () => {
    const password_hash = `pbkdf2$${"0".repeat(32)}$${"1".repeat(64)}`;
    const { id } = await use(place.url, (db) => createTestUser(db, { password_hash }));
    expect(await ask("stats")).toMatchObject({ tableCounts: { users: 1 }, olderPasswordHashes: 1 });
    const { stdout } = await run(["stats"]);
    expect(stdout).toMatch(/\n1 account has a password hash of an older kind, which the next sign-in replaces\.\n$/);
    await use(place.url, (db) => runQuery(db, db.sql.deleteFrom("users").where("id", "=", id)));
  });

  test("a database that is not there is an answer: no", async () => {
    const { code, stdout } = await nerve(["health", "--json", "--database", `sqlite:${join(folder, "none.db")}`]);
    expect({ code, answer: JSON.parse(stdout) }).toMatchObject({
      code: 1,
      answer: { healthy: false, connection: { healthy: false }, alerts: [{ level: "critical", code: "CONNECTION" }] },
    });
  });

  describe.skipIf(engine === "postgres" && programs.has(undefined))("with backups", () => {
    test("an encrypted backup is made and verified while somebody writes", async () => {
      await use(place.url, async (db) => {
        for (const name of ["ada", "grace", "mary"]) {
          await createUser(db, { email: `${name}@example.org`, password: "moon river dance seven", role: "analyst" });
        }
        const ada = await findUserByEmail(db, "ada@example.org");
        ({ token } = await createSession(db, { userId: ada?.id ?? 0, ipAddress: "192.0.2.1" }));
        let written = 0;
        const backedUp = new AbortController();
        const writer = (async () => {
          for (; !backedUp.signal.aborted; written += 1) {
            await logSecurityEvent(db, { eventType: "test", severity: "low", description: `Event ${written}` });
            // The command runs in this process, too.
            await setImmediate();
          }
        })();
        const made = await ask<Made>("backup", "create", "--compress").finally(() => backedUp.abort());
        await writer;
        expect(made).toMatchObject({ success: true, verified: true, encrypted: true, compression: "zstd" });
        const { security_events: inBackup = 0 } = made.rowCounts;
        expect(inBackup).toBeLessThanOrEqual(written);
        backup = made.backupPath;
      });
    });

    test("uploaded files go with it; a folder that is not there is wrong usage", async () => {
      const uploads = await mkdtemp(join(folder, "uploads-"));
      const dir = await mkdtemp(join(folder, "with-uploads-"));
      await writeFile(join(uploads, "list.txt"), "uploaded");
      const made = await ask("backup", "create", "--dir", dir, "--uploads", uploads, "--no-verify");
      expect(made).toMatchObject({ uploads: { files: 1 } });
      const set = await run(["backup", "create", "--dir", dir, "--json"], {
        NERVE_UPLOADS_FOLDER: uploads,
        NERVE_BACKUP_COMPRESSION: "gzip",
      });
      expect(JSON.parse(set.stdout)).toMatchObject({ uploads: { files: 1 }, compression: "gzip", verified: true });
      const missing = await run(["backup", "create", "--dir", dir, "--uploads", join(uploads, "none")]);
      expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining("There is no folder") });
    });

    test("list, info and verify know it by its name; another key does not read it", async () => {
      expect(await ask("backup", "list")).toMatchObject({ backups: [{ backupPath: backup, verified: true }] });
      const info = await ask("backup", "info", basename(backup));
      expect(info).toMatchObject({ backupPath: backup, engine, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(await ask("backup", "verify", basename(backup))).toEqual({ success: true, ...info });
      const { code, stderr } = await run(["backup", "verify", backup], { NERVE_BACKUP_KEY: "x".repeat(20) });
      expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining("NERVE_BACKUP_KEY") });
    });

    test("one that was damaged is an answer: no", async () => {
      const copies = await mkdtemp(join(folder, "damaged-"));
      const copy = join(copies, basename(backup));
      const id = basename(backup).split(".")[0] ?? "";
      await writeFile(join(copies, `${id}.json`), await readFile(join(folder, "backups", `${id}.json`)));
      const bytes = await readFile(backup);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      await writeFile(copy, bytes);
      const { code, stdout } = await run(["backup", "verify", copy, "--json"]);
      expect({ code, answer: JSON.parse(stdout) }).toMatchObject({
        code: 1,
        answer: { success: false, verified: false, error: { code: "BACKUP_INVALID" } },
      });
    });

    test("a restore without a word is refused; a dry run says what comes back and what is lost", async () => {
      expect(await run(["backup", "restore", backup])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("--confirm"),
      });
      const { sessions = 0 } = await tableCounts();
      await use(place.url, async (db) => {
        await runQuery(db, db.sql.deleteFrom("sessions"));
        await createUser(db, { email: "late@example.org", password: "moon river dance seven", role: "user" });
      });
      const before = await tableCounts();
      const preview = await ask<Preview>("backup", "restore", backup, "--dry-run");
      const of = (name: string) => preview.tables.find(({ table }) => table === name);
      expect(of("sessions")).toMatchObject({ rowsInBackup: sessions, rowsInDatabase: 0, missingRows: sessions });
      expect(of("users")).toMatchObject({ rowsInBackup: 3, rowsInDatabase: 4, newerRows: 1, missingRows: 0 });
      expect(await tableCounts()).toEqual(before);
      expect((await run(["backup", "restore", backup, "--dry-run"])).stdout).toMatch(/^users +3 +4 +0 +1$/m);
    });

    test("a restore brings the state of the backup back, keeps the one before, and is recorded", async () => {
      const done = await ask("backup", "restore", basename(backup), "--confirm");
      expect(done).toMatchObject({ success: true, preRestoreBackup: expect.any(String), migrationsApplied: [] });
      const expected = { ...(done["rowCounts"] as Record<string, number>) };
      const counts: Record<string, number> = { ...(await tableCounts()) };
      // What was recorded since goes over, and what records the restore itself comes on top.
      const { auditRows = 0, securityEvents = 0 } = done["carriedOver"] as Record<string, number>;
      expected["audit_logs"] = (expected["audit_logs"] ?? 0) + auditRows + 1;
      expected["security_events"] = (expected["security_events"] ?? 0) + securityEvents + 1;
      expect(counts).toMatchObject(expected);
      await use(place.url, async (db) => {
        expect(await findUserByEmail(db, "late@example.org")).toBeNull();
        expect(await validateSession(db, token)).toBeNull();
        const { items } = await getAuditLogs(db, { action: "database_restored" });
        expect(items).toMatchObject([{ userId: null, metadataJson: { backup: basename(backup) } }]);
      });
      expect(await ask("health")).toMatchObject({ healthy: true });
    });

    test("a restore as it was brings ended sessions back as well, and says so", async () => {
      const { code, stdout } = await run(["backup", "restore", basename(backup), "--confirm", "--as-it-was"]);
      expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("Everything is as it was") });
      expect(await use(place.url, (db) => validateSession(db, token))).not.toBeNull();
    });

    test("prune wants a rule, and keeps what the rules keep", async () => {
      expect(await run(["backup", "prune"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--keep") });
      const [id = ""] = basename(backup).split(".");
      const rehearsed = await ask("backup", "prune", "--keep", "1", "--dry-run");
      expect(rehearsed).toMatchObject({ kept: [expect.any(String)], deleted: expect.arrayContaining([id]) });
      expect(await ask("backup", "prune", "--keep", "1")).toEqual(rehearsed);
      expect((await ask<{ backups: object[] }>("backup", "list")).backups).toHaveLength(1);
    });

    test("copy moves everything to the other engine, where an old session still counts", async () => {
      const [from, to] = [join(folder, "from-url"), join(folder, "to-url")];
      await Promise.all([writeFile(from, place.url), writeFile(to, other.url)]);
      const copy = ["copy", "--from-file", from, "--to-file", to];
      const rehearsed = await ask<{ tables: { written: number }[] }>(...copy, "--dry-run");
      expect(rehearsed).toMatchObject({ rejectedTotal: 0, sequencesSet: expect.any(Number) });
      const { tables } = await ask<{
        tables: { table: string; read: number; written: number; checksumMatch: boolean }[];
      }>(...copy);
      expect(tables).toHaveLength(allTables.length);
      for (const { read, written, checksumMatch } of tables) {
        expect([written, checksumMatch]).toEqual([read, true]);
      }
      expect(await use(other.url, (db) => validateSession(db, token))).toMatchObject({
        user: { email: "ada@example.org" },
      });
      expect(await run(copy)).toMatchObject({ code: 3, stdout: "" });
    });
  });
});

test("a database that is too damaged to be backed up is restored over, and the answer says where it is kept", async () => {
  const place = await migratedPlace("sqlite");
  const environment = { NERVE_BACKUP_FOLDER: await mkdtemp(join(tmpdir(), "nerve-damaged-")) };
  const run = (...words: string[]) => nerveOn(place.url, words, { environment });
  await run("init");
  const { backupPath } = JSON.parse((await run("backup", "create", "--json")).stdout) as Made;
  await writeFile(place.url.slice("sqlite:".length), "this is no database");
  const { code, stdout } = await run("backup", "restore", basename(backupPath), "--confirm");
  const [, kept = ""] = /too damaged to be backed up\. It is kept as (\S+)/.exec(stdout) ?? [];
  expect({ code, kept: await readFile(kept, "utf8") }).toEqual({ code: 0, kept: "this is no database" });
  expect(stdout).toContain("Nothing was carried over");
  expect(stdout).toContain("No super administrator is left who may act");
  expect((await run("health")).code).toBe(0);
  await Promise.all([place.remove(), rm(environment.NERVE_BACKUP_FOLDER, { recursive: true })]);
});
