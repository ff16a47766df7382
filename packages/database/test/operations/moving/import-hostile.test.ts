import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { tables } from "../../../src/schema/tables.ts";
import { importLegacy, openRejectsFile, type Reject } from "../../../src/operations/moving/index.ts";
import { describeOnEachEngine, testKeys } from "../../support/engines.ts";

const time = "2026-01-02 03:04:05.678901";

/** A table without any rule, as a file that somebody has tampered with may have. */
function fill(database: DatabaseSync, table: string, rows: Record<string, SQLInputValue>[]): void {
  const columns = Object.keys(Object.assign({}, ...rows) as object);
  database.exec(`CREATE TABLE "${table}" (${columns.map((column) => `"${column}"`).join(", ")})`);
  const insert = database.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => "?").join(", ")})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
}

const user = (id: number, more: Record<string, SQLInputValue> = {}) => ({
  id,
  email: `user${id}@example.org`,
  password_hash: "secret-hash",
  role: "USER",
  status: "ACTIVE",
  created_at: time,
  updated_at: time,
  "2fa_secret": null,
  company_id: null,
  failed_login_attempts: 0,
  ...more,
});
const session = (id: number, more: Record<string, SQLInputValue> = {}) => ({
  id,
  user_id: 1,
  token: `secret-token-${id}`,
  ip_address: "192.0.2.1",
  created_at: time,
  last_activity: time,
  expires_at: time,
  is_active: 1,
  ...more,
});
const profile = (id: string, more: Record<string, SQLInputValue> = {}) => ({
  id,
  name: "Name",
  updated_at: time,
  ...more,
});

function hostileFile(file: string): void {
  const database = new DatabaseSync(file);
  fill(database, "companies", [
    {
      id: 1,
      name: "First",
      primary_domain: "Example.ORG",
      created_at: "2026-01-02",
      updated_at: "2026-01-02T03:04:05+05:30",
      favourite: "red",
    },
    { id: 2, name: "Second", primary_domain: "EXAMPLE.org", created_at: time, updated_at: time },
    { id: 3, name: "x".repeat(256), primary_domain: "long.example", created_at: time, updated_at: time },
    { id: 4, name: "😀".repeat(255), primary_domain: "emoji.example", created_at: time, updated_at: time },
  ]);
  fill(database, "users", [
    user(1, { email: "Same@Example.org", company_id: 1 }),
    user(2, { email: "sAME@example.ORG" }),
    user(3, { role: "banana" }),
    user(4, { role: "admin" }),
    user(5, { company_id: 3 }),
    user(6, { company_id: 99 }),
    user(7, { failed_login_attempts: "many" }),
    user(8, { failed_login_attempts: 9_007_199_254_740_993n }),
    user(9, { created_at: "2026-02-30 00:00:00" }),
    user(10, { created_at: 1_700_000_000 }),
    user(11, { email: "nul\0@example.org" }),
    user(12, { email: "no address" }),
    user(13, { password_hash: null }),
    user(14, { "2fa_secret": new Uint8Array([1, 2, 3]) }),
    user(15, { "2fa_secret": "s".repeat(255) }),
    user(16, { email: "\uFFFD@example.org" }),
  ]);
  database.exec(`INSERT INTO users (id, email, password_hash, role, status, created_at, updated_at)
    VALUES (17, CAST(x'78eda08040' AS TEXT) || 'example.org', 'secret-hash', 'USER', 'ACTIVE', '${time}', '${time}')`);
  fill(database, "sessions", [
    session(1),
    session(2, { user_id: 2 }),
    session(3, { user_id: 987 }),
    session(4, { token: "secret-token-1" }),
    session(5, { is_active: "yes" }),
    session(6, { expires_at: "soon" }),
  ]);
  fill(database, "profiles", [
    profile("ok", { risk_score: 1.5, social_media_json: '{"a": "\\u0000"}' }),
    profile("infinite", { risk_score: Infinity, social_media_json: null }),
    profile("broken", { social_media_json: "{broken" }),
    profile("not-a-number", { social_media_json: '{"a": NaN}' }),
    profile("surrogate", { social_media_json: '{"a": "\\ud800"}' }),
    profile("good", { risk_score: 2, social_media_json: '{"b": 12345678901234567890, "a": [1.50, null]}' }),
    profile("null", { social_media_json: "null" }),
  ]);
  fill(database, "asm_scans", [{ id: 1, domain: "example.org", scanned_at: time, updated_at: time }]);
  fill(database, "alembic_version", [{ version_num: "abc" }]);
  database.exec("CREATE VIEW audit_logs AS SELECT 1 AS id; CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END");
  database.close();
}

describeOnEachEngine("Importing a hostile file", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "nerve-hostile-"));
  const file = join(folder, "ghost.db");
  const rejectsPath = join(folder, "rejects.jsonl");
  let rejects: Reject[];
  let summary: Awaited<ReturnType<typeof importLegacy>>;

  beforeAll(async () => {
    hostileFile(file);
    const rejectsFile = openRejectsFile(rejectsPath);
    summary = await importLegacy(context.db, { file, onReject: rejectsFile.write });
    rejectsFile.close();
    rejects = readFileSync(rejectsPath, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Reject);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const verdicts = (table: string): Record<string, string> =>
    Object.fromEntries(
      rejects
        .filter((reject) => reject.table === table)
        .map(({ kind, key, column, reason }): [string, string] => [String(key), `${kind} ${column}: ${reason}`]),
    );

  test("tells for each row why it was left behind or changed", () => {
    expect(verdicts("companies")).toEqual({
      2: "rejected primary_domain: another row has the same value",
      3: "rejected name: is longer than 255 characters",
    });
    expect(verdicts("users")).toEqual({
      2: "rejected email: another row has the same value",
      3: "rejected role: is none of the allowed words",
      4: "adjusted role: was unreadable to the older system, and is readable now",
      5: "adjusted company_id: refers to a row of companies that was rejected",
      6: "adjusted company_id: refers to a row of companies that does not exist",
      7: "rejected failed_login_attempts: is not a whole number",
      8: "rejected failed_login_attempts: is beyond ±(2^53 − 1)",
      9: "rejected created_at: is no such date and time",
      10: "rejected created_at: is not a date and time",
      11: "rejected email: holds a NUL character",
      13: "rejected password_hash: is required",
      14: "rejected 2fa_secret: is not text",
      15: "rejected 2fa_secret: is longer than 255 characters",
      17: "rejected email: is not UTF-8",
    });
    expect(verdicts("sessions")).toEqual({
      2: "rejected user_id: refers to a row of users that was rejected",
      3: "rejected user_id: refers to a row of users that does not exist",
      4: "rejected token: another row has the same value",
      5: "rejected is_active: is not a boolean",
      6: "rejected expires_at: is not a date and time",
    });
    expect(verdicts("profiles")).toEqual({
      ok: "rejected social_media_json: is JSON that cannot be stored: must not hold the NUL character",
      infinite: "rejected risk_score: is not a finite number",
      broken: "rejected social_media_json: is not JSON",
      "not-a-number": "rejected social_media_json: is not JSON",
      surrogate: "rejected social_media_json: is JSON that cannot be stored: must be well-formed Unicode",
      null: "adjusted social_media_json: the JSON text null is stored as NULL",
    });
    expect(verdicts("asm_scans")).toEqual({
      1: "rejected scan_results: is required, and the source has no such column",
    });
  });

  test("loses no row between those written and those rejected", () => {
    for (const { read, written, rejected, checksumMatch } of summary.tables) {
      expect(read).toBe(written + rejected);
      expect(checksumMatch).toBe(true);
    }
    expect(summary.rejectedTotal).toBe(rejects.filter(({ kind }) => kind === "rejected").length);
    expect(summary.adjustedTotal).toBe(rejects.filter(({ kind }) => kind === "adjusted").length);
    const counted = summary.reasons.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(rejects.length);
  });

  test("reports the tables and columns that only one side has", () => {
    expect(summary.extraTables).toEqual([{ table: "alembic_version", rows: 1 }]);
    expect(summary.extraColumns).toEqual([{ table: "companies", column: "favourite", values: 1 }]);
    expect(summary.missingTables).toContain("audit_logs");
    expect(summary.missingTables).toHaveLength(tables.filter(({ inOriginal }) => inOriginal).length - 5);
  });

  test("writes no value of a row to the rejects file, and lets nobody else read it", () => {
    const text = readFileSync(rejectsPath, "utf8");
    for (const value of ["secret-hash", "secret-token", "example.org", "banana"]) expect(text).not.toContain(value);
    expect(statSync(rejectsPath).mode & 0o777).toBe(0o600);
  });

  test("keeps what is unusual but sound", async () => {
    const companies = await fetchAll(context.db, context.db.sql.selectFrom("companies").selectAll().orderBy("id"));
    expect(companies).toMatchObject([
      {
        id: 1,
        primaryDomain: "example.org",
        createdAt: new Date("2026-01-02T00:00:00Z"),
        updatedAt: new Date("2026-01-01T21:34:05Z"),
        maxSeats: 1,
        isActive: true,
      },
      { id: 4, name: "😀".repeat(255) },
    ]);
    const users = await fetchAll(context.db, context.db.sql.selectFrom("users").select(["id", "email"]).orderBy("id"));
    expect(users.map(({ id }) => id)).toEqual([1, 4, 5, 6, 12, 16]);
    expect(users[0]?.email).toBe("same@example.org");
    const profiles = await fetchAll(context.db, context.db.sql.selectFrom("profiles").selectAll().orderBy("id"));
    expect(profiles).toMatchObject([{ id: "good", riskScore: 2 }, { id: "null" }]);
  });
});

describe("A file to import", () => {
  const folder = mkdtempSync(join(tmpdir(), "nerve-source-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const refuse = async (file: string) => {
    await using db = await openDatabase("sqlite::memory:", { keys: testKeys });
    return await importLegacy(db, { file }).catch((error: unknown) => error);
  };

  test("must exist, be a SQLite database and have tables of NERVE", async () => {
    expect(await refuse(join(folder, "none.db"))).toMatchObject({ code: "INVALID_INPUT", field: "file" });
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, "text.db"), "not a database");
    expect(await refuse(join(folder, "text.db"))).toMatchObject({ code: "CORRUPT" });
    new DatabaseSync(join(folder, "other.db")).exec("CREATE TABLE other (id)");
    expect(await refuse(join(folder, "other.db"))).toMatchObject({ code: "INVALID_INPUT", field: "file" });
  });

  test("that is damaged is refused", async () => {
    const path = join(folder, "damaged.db");
    const database = new DatabaseSync(path);
    const rows = Array.from({ length: 2000 }, (_, index) => ({
      id: index + 1,
      name: "x".repeat(200),
      primary_domain: `d${index}.example`,
      created_at: time,
      updated_at: time,
    }));
    database.exec("BEGIN");
    fill(database, "companies", rows);
    database.exec("COMMIT");
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 8192);
    writeFileSync(path, bytes);
    await using db = await openDatabase("sqlite::memory:", { keys: testKeys });
    await expect(importLegacy(db, { file: path })).rejects.toMatchObject({ code: "CORRUPT" });
    expect(await fetchAll(db, db.sql.selectFrom("companies").select("id"))).toEqual([]);
  });

  test("leaves nothing behind when the import fails in the middle", async () => {
    const path = join(folder, "whole.db");
    const database = new DatabaseSync(path);
    const row = (id: number) => ({
      id,
      name: "N",
      primary_domain: `d${id}.example`,
      created_at: time,
      updated_at: time,
    });
    fill(
      database,
      "companies",
      Array.from({ length: 600 }, (_, index) => row(index + 1)),
    );
    database.close();
    await using db = await openDatabase("sqlite::memory:", { keys: testKeys });
    const mine = new Error("mine");
    const onProgress = ({ rowsDone }: { rowsDone: number }) => {
      expect(rowsDone).toBe(500);
      throw mine;
    };
    await expect(importLegacy(db, { file: path, onProgress })).rejects.toBe(mine);
    expect(await fetchAll(db, db.sql.selectFrom("companies").select("id"))).toEqual([]);
    expect(await importLegacy(db, { file: path })).toMatchObject({ rejectedTotal: 0 });
  });

  test("in write-ahead mode is read with its log, and left as it was", async () => {
    const path = join(folder, "wal.db");
    const writer = new DatabaseSync(path);
    writer.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0");
    fill(writer, "companies", [
      { id: 7, name: "In the log", primary_domain: "log.example", created_at: time, updated_at: time },
    ]);
    const state = () =>
      readdirSync(folder)
        .filter((name) => name.startsWith("wal.db"))
        .map((name) => readFileSync(join(folder, name)).toString("base64"));
    const before = state();
    await using db = await openDatabase("sqlite::memory:", { keys: testKeys });
    await importLegacy(db, { file: path });
    expect(await fetchAll(db, db.sql.selectFrom("companies").select("id"))).toEqual([{ id: 7 }]);
    expect(state()).toEqual(before);
    writer.close();
  });
});
