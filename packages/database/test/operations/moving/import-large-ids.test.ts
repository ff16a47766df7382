import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll, fetchFirst } from "../../../src/database/statement.ts";
import { verifySecondFactor } from "../../../src/identity/index.ts";
import { importLegacy, type ImportSummary, type Reject } from "../../../src/operations/moving/index.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { codeAt } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const time = "2026-01-02 03:04:05.678901";
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/** Two that are one and the same number to JavaScript, and the highest of SQLite. */
const [near, nearby, highest] = [9_007_199_254_740_993n, 9_007_199_254_740_992n, 9_223_372_036_854_775_807n];
const gone = 8_000_000_000_000_000_001n;

function fill(database: DatabaseSync, table: string, rows: Record<string, SQLInputValue>[]): void {
  const columns = Object.keys(Object.assign({}, ...rows) as object);
  const typed = columns.map((column) => (column === "id" ? '"id" INTEGER PRIMARY KEY' : `"${column}"`));
  database.exec(`CREATE TABLE "${table}" (${typed.join(", ")})`);
  const insert = database.prepare(`INSERT INTO "${table}" VALUES (${columns.map(() => "?").join(", ")})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
}

const user = (id: number | bigint, name: string, more: Record<string, SQLInputValue> = {}) => ({
  id,
  email: `${name}@example.org`,
  password_hash: "secret-hash",
  role: "USER",
  status: "ACTIVE",
  created_at: time,
  updated_at: time,
  "2fa_enabled": 0,
  "2fa_secret": null,
  company_id: null,
  ...more,
});

function largeIds(file: string): void {
  const database = new DatabaseSync(file);
  const company = { name: "Large", primary_domain: "large.example", created_at: time, updated_at: time };
  fill(database, "companies", [{ id: near, ...company }]);
  fill(database, "users", [
    user(3, "small"),
    user(nearby, "nearby", { company_id: near }),
    user(near, "near", { company_id: gone }),
    user(highest, "highest", { "2fa_enabled": 1, "2fa_secret": secret }),
  ]);
  const session = { ip_address: "192.0.2.1", created_at: time, last_activity: time, expires_at: time, is_active: 1 };
  fill(database, "sessions", [
    { id: highest, user_id: highest, token: "token-1", ...session },
    { id: 5, user_id: gone, token: "token-2", ...session },
  ]);
  const log = { success: 1, created_at: time };
  fill(database, "audit_logs", [
    { id: 1, user_id: near, action: "a", resource_type: "user", resource_id: highest, metadata_json: null, ...log },
    { id: 2, user_id: 3, action: "b", resource_type: "companies", resource_id: gone, metadata_json: null, ...log },
    {
      id: 3,
      user_id: 3,
      action: "c",
      resource_type: null,
      resource_id: null,
      metadata_json: `{"user_id": ${highest}, "company_id":${near}, "text": "\\"user_id\\": ${near}"}`,
      ...log,
    },
  ]);
  database.close();
}

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nerve-large-ids-"));
  file = join(folder, "ghost.db");
  largeIds(file);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeOnEachEngine("Ids of the older system beyond 2^53", (context) => {
  let summary: ImportSummary;
  const rejects: Reject[] = [];
  beforeAll(async () => {
    summary = await importLegacy(context.db, { file, onReject: (reject) => void rejects.push(reject) });
  });

  const select = <T extends "users" | "sessions" | "audit_logs">(table: T) => context.db.sql.selectFrom(table);

  test("are given anew, after those that there are, and no user is lost for a number", async () => {
    const users = await fetchAll(context.db, select("users").select(["id", "email", "company_id"]).orderBy("id"));
    expect(users).toEqual([
      { id: 3, email: "small@example.org", companyId: null },
      { id: 4, email: "nearby@example.org", companyId: 1 },
      { id: 5, email: "near@example.org", companyId: null },
      { id: 6, email: "highest@example.org", companyId: null },
    ]);
    expect(summary.tables.filter(({ read }) => read > 0)).toMatchObject([
      { table: "companies", written: 1, checksumMatch: true },
      { table: "users", written: 4, checksumMatch: true },
      { table: "sessions", written: 1, checksumMatch: true },
      { table: "audit_logs", written: 3, checksumMatch: true },
    ]);
  });

  test("are followed by what refers to them: by a key, by the audit log, and in its documents", async () => {
    const session = await fetchFirst(context.db, select("sessions").select(["id", "user_id"]));
    expect(session).toEqual({ id: 6, userId: 6 });
    const query = select("audit_logs").select(["user_id", "resource_id", "metadata_json"]).orderBy("id");
    const text = `"user_id": ${near}`;
    expect(await fetchAll(context.db, query)).toEqual([
      { userId: 5, resourceId: 6, metadataJson: null },
      { userId: 3, resourceId: null, metadataJson: null },
      { userId: 3, resourceId: null, metadataJson: { user_id: 6, company_id: 1, text } },
    ]);
    const code = codeAt(secret, context.clock.now());
    expect(await verifySecondFactor(context.db, 6, code)).toBe(true);
  });

  test("are named, each row with its old id", () => {
    expect(summary.rejectedTotal).toBe(1);
    const named = rejects.map(({ kind, table, key, column }) => `${kind} ${table} ${key} ${column}`);
    expect(named).toEqual([
      `adjusted companies ${near} id`,
      `adjusted users ${nearby} id`,
      `adjusted users ${nearby} company_id`,
      `adjusted users ${near} id`,
      `adjusted users ${near} company_id`,
      `adjusted users ${highest} id`,
      "rejected sessions 5 user_id",
      `adjusted sessions ${highest} id`,
      `adjusted sessions ${highest} user_id`,
      "adjusted audit_logs 1 user_id",
      "adjusted audit_logs 1 resource_id",
      "adjusted audit_logs 2 resource_id",
      "adjusted audit_logs 3 metadata_json",
    ]);
  });
});

/** Imports a file into a new database, and gives what is asked of that. */
async function imported<T>(source: string, ask: (db: Database, summary: ImportSummary) => Promise<T>): Promise<T> {
  await using db = await openDatabase("sqlite::memory:");
  return await ask(db, await importLegacy(db, { file: source }));
}

test("Ids are taken from those that are free where the highest leaves no room after it", async () => {
  const full = join(folder, "full.db");
  const database = new DatabaseSync(full);
  fill(database, "users", [user(1, "one"), user(Number.MAX_SAFE_INTEGER, "last"), user(highest, "highest")]);
  database.close();
  const users = await imported(full, (db) => fetchAll(db, db.sql.selectFrom("users").select(["id", "email"])));
  expect(users).toContainEqual({ id: 2, email: "highest@example.org" });
  expect(users).toHaveLength(3);
});

test("A file in WAL mode that lies without its log is imported with a hint, and with it without one", async () => {
  const whole = join(folder, "wal.db");
  const database = new DatabaseSync(whole);
  database.exec("PRAGMA journal_mode = WAL");
  fill(database, "users", [user(1, "one")]);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.exec("UPDATE users SET email = 'two@example.org'");
  const alone = join(folder, "alone.db");
  copyFileSync(whole, alone);
  const emails = async (db: Database, { warnings }: ImportSummary) => ({
    warnings,
    users: await fetchAll(db, db.sql.selectFrom("users").select("email")),
  });
  expect(await imported(whole, emails)).toEqual({ warnings: [], users: [{ email: "two@example.org" }] });
  expect(await imported(alone, emails)).toEqual({
    warnings: [expect.stringContaining(`${alone} is in WAL mode, and there is no alone.db-wal with it`)],
    users: [{ email: "one@example.org" }],
  });
  database.close();
});
