import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { digestToken, matchBackupCode, verifyPassword } from "../../../src/cryptography/index.ts";
import { refreshSession, validateSession } from "../../../src/identity/sessions/index.ts";
import { validateApiKey } from "../../../src/identity/api-keys/index.ts";
import { fetchAll, fetchFirst, runQuery } from "../../../src/database/statement.ts";
import { listHolders } from "../../../src/quotas/bounds.ts";
import { usageOf } from "../../../src/quotas/usage.ts";
import { tables } from "../../../src/schema/tables.ts";
import { importLegacy, type ImportSummary, type Reject } from "../../../src/operations/moving/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const file = fileURLToPath(new URL("../../fixtures/legacy/ghost_small.db", import.meta.url));

interface Secrets {
  sha256: string;
  users: { id: number; password: string }[];
  made_at: string;
  sessions: {
    id: number;
    user_id: number;
    token: string;
    refresh_token: string;
    expires_at: string;
    intended: string;
  }[];
  api_keys: { id: number; key: string; permissions: string[] | null; expires_at: string | null; intended: string }[];
  tokens: { user_id: number; column: string; value: string | string[] }[];
  password_history: { user_id: number; password: string }[];
  table_counts: Record<string, number>;
  orphans: { table: string; pk: number; column: string; parent: string }[];
}
const secrets = JSON.parse(readFileSync(file.replace(/\.db$/, ".secrets.json"), "utf8")) as Secrets;
const sha256 = () => createHash("sha256").update(readFileSync(file)).digest("hex");

describeOnEachEngine("Importing a real ghost.db", (context) => {
  const rejects: Reject[] = [];
  const folder = readdirSync(dirname(file));
  let summary: ImportSummary;

  beforeAll(async () => {
    // Two days later: longer than a session may be idle here.
    context.clock.set(new Date(Date.parse(secrets.made_at) + 48 * 3_600_000));
    const dry = await importLegacy(context.db, { file, dryRun: true });
    expect(dry.tables.find(({ table }) => table === "users")?.written).toBe(8);
    expect(await fetchAll(context.db, context.db.sql.selectFrom("companies").select("id"))).toEqual([]);
    const stale = context.db.sql.insertInto("quota_bounds").values({ id: "company 1", live_rows: 0 });
    await runQuery(context.db, stale);
    summary = await importLegacy(context.db, { file, onReject: (reject) => rejects.push(reject) });
  });

  test("brings every row of every table but the orphans, and finds them as they were written", () => {
    expect(Object.keys(secrets.table_counts)).toHaveLength(tables.filter(({ inOriginal }) => inOriginal).length);
    for (const { table, read, written, rejected, checksumMatch } of summary.tables) {
      const orphans = secrets.orphans.filter((orphan) => orphan.table === table).length;
      const rows = secrets.table_counts[table] ?? Number.NaN;
      expect({ table, read, written, rejected, checksumMatch }).toEqual({
        table,
        read: rows,
        written: rows - orphans,
        rejected: orphans,
        checksumMatch: true,
      });
    }
    expect(summary).toMatchObject({
      rejectedTotal: 2,
      sequencesSet: 41,
      extraTables: [],
      extraColumns: [],
      missingTables: [],
    });
  });

  test("names exactly the rows that stay behind or change", () => {
    const orphans = secrets.orphans.map(({ table, pk, column, parent }) => ({
      kind: "rejected",
      table,
      key: pk,
      column,
      reason: `refers to a row of ${parent} that does not exist`,
    }));
    const nullDocument = {
      kind: "adjusted",
      table: "cached_asm_scans",
      key: 2,
      column: "scan_results",
      reason: "the JSON text null is stored as NULL",
    };
    const rows = rejects.filter(({ kind }) => kind !== "unread");
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(expect.arrayContaining([...orphans, nullDocument]));
    expect(summary.adjustedTotal).toBe(1);
  });

  test("leaves the file byte for byte as it was, and nothing beside it", () => {
    expect(sha256()).toBe(secrets.sha256);
    expect(readdirSync(dirname(file))).toEqual(folder);
  });

  test("keeps the passwords, the former ones too", async () => {
    const users = await fetchAll(context.db, context.db.sql.selectFrom("users").select(["id", "password_hash"]));
    for (const { id, password } of secrets.users) {
      const hash = users.find((user) => user.id === id)?.passwordHash ?? "";
      expect(await verifyPassword(password, hash)).toBe(true);
    }
    const query = context.db.sql.selectFrom("password_history").select(["user_id", "password_hash"]).orderBy("id");
    for (const [index, { userId, passwordHash }] of (await fetchAll(context.db, query)).entries()) {
      expect(userId).toBe(secrets.password_history[index]?.user_id);
      expect(await verifyPassword(secrets.password_history[index]?.password ?? "", passwordHash)).toBe(true);
    }
  });

  test("turns tokens into digests, and keeps their ends", async () => {
    const sessions = await fetchAll(context.db, context.db.sql.selectFrom("sessions").selectAll().orderBy("id"));
    const expected = secrets.sessions.slice(0, 7).map(({ id, token, refresh_token, expires_at }) => ({
      id,
      token: digestToken(token),
      refreshToken: digestToken(refresh_token),
      refreshFamily: digestToken(refresh_token),
      expiresAt: new Date(`${expires_at.slice(0, 23)}Z`),
    }));
    expect(sessions).toMatchObject(expected);
    for (const { authenticatedAt } of sessions) expect(authenticatedAt).toBeNull();
    const keys = await fetchAll(context.db, context.db.sql.selectFrom("api_keys").selectAll().orderBy("id"));
    expect(keys).toMatchObject(
      secrets.api_keys.map(({ id, key, permissions, expires_at }) => ({
        id,
        keyHash: digestToken(key),
        keyPrefix: key.slice(0, 8),
        permissions,
        expiresAt: expires_at === null ? null : new Date(`${expires_at.slice(0, 23)}Z`),
      })),
    );
  });

  test("leaves each session and key as valid as it was", async () => {
    for (const { user_id, token, intended } of secrets.sessions) {
      const session = await validateSession(context.db, token);
      expect(session?.userId ?? null).toBe(intended === "valid" ? user_id : null);
    }
    for (const { id, key, intended } of secrets.api_keys) {
      const valid = await validateApiKey(context.db, key);
      expect(valid?.keyId ?? null).toBe(intended === "valid" ? id : null);
    }
  });

  test("lets a session be refreshed, and notices when its old refresh token comes again", async () => {
    const refreshToken = secrets.sessions[1]?.refresh_token ?? "";
    const next = await refreshSession(context.db, refreshToken);
    expect(next).not.toBeNull();
    expect(await validateSession(context.db, next?.token ?? "")).toMatchObject({ userId: 2 });
    expect(await refreshSession(context.db, refreshToken)).toBeNull();
    expect(await validateSession(context.db, next?.token ?? "")).toBeNull();
  });

  test("protects the tokens and secrets of accounts, so that they go on working", async () => {
    const users = await fetchAll(context.db, context.db.sql.selectFrom("users").selectAll().orderBy("id"));
    const token = (column: string) => secrets.tokens.find((entry) => entry.column === column)?.value ?? "";
    expect(users[1]?.passwordResetToken).toBe(digestToken(String(token("password_reset_token"))));
    expect(users[1]?.passwordResetExpires).toBeInstanceOf(Date);
    expect(users[2]?.emailVerificationToken).toBe(digestToken(String(token("email_verification_token"))));
    expect(users[2]?.emailVerificationExpires).toEqual(new Date(context.clock.now().getTime() + 86_400_000));
    expect(users[0]?.emailVerificationExpires).toBeNull();
    const place = { table: "users", column: "2fa_secret", row: users[0]?.id };
    const keys = await context.db.secrets();
    expect(keys.decrypt(users[0]?.twoFactorSecret ?? "", place)).toBe(token("2fa_secret"));
    const codes = users[0]?.twoFactorBackupCodes ?? [];
    expect(codes).toHaveLength(2);
    expect(await matchBackupCode("33334444", codes)).toBe(1);
  });

  test("encrypts harvested credentials, each for its own column", async () => {
    const keys = await context.db.secrets();
    const results = await fetchAll(
      context.db,
      context.db.sql.selectFrom("breach_file_results").select(["id", "password_hash", "password_plain"]).orderBy("id"),
    );
    const open = (column: string, row: number | undefined, value: string | null | undefined) =>
      keys.decrypt(value ?? "", { table: "breach_file_results", column, row });
    expect(open("password_hash", results[0]?.id, results[0]?.passwordHash)).toBe("5f4dcc3b5aa765d61d8327deb882cf99");
    expect(open("password_plain", results[1]?.id, results[1]?.passwordPlain)).toBe("p@ss\"w'ord");
    expect(results[1]?.passwordHash).toBeNull();
  });

  test("turns enum names into values, and keeps text, JSON, numbers and moments", async () => {
    const [alice] = await fetchAll(context.db, context.db.sql.selectFrom("users").selectAll().where("id", "=", 1));
    expect(alice).toMatchObject({ role: "super_admin", status: "active", fullName: "Alice Ångström", companyId: 1 });
    expect(alice?.emailVerifiedAt).toEqual(new Date("2026-08-15T07:16:27.123Z"));
    const profile = await fetchFirst(
      context.db,
      context.db.sql.selectFrom("profiles").selectAll().where("id", "=", "prof_1"),
    );
    expect(profile).toMatchObject({ name: "Łukasz 李", riskScore: 73.25, socialMediaJson: null });
    const audit = await fetchFirst(context.db, context.db.sql.selectFrom("audit_logs").selectAll().where("id", "=", 1));
    expect(audit?.metadataJson).toEqual({ i: 0, k: ["a", null] });
  });

  test("gives records the company of their user, and says how much a scan holds", async () => {
    const people = await fetchAll(context.db, context.db.sql.selectFrom("users").select(["id", "company_id"]));
    const homes = new Map(people.map(({ id, companyId }) => [id, companyId]));
    const unowned = tables.filter(({ columnList }) =>
      ["user_id", "company_id"].every((name) => columnList.some((column) => column.name === name)),
    );
    const seen: string[] = [];
    for (const { name } of unowned) {
      // Three tables of the older system say themselves whose their rows are.
      if (["monitored_emails", "vulnerability_reports", "roadmap_profiles"].includes(name)) continue;
      const query = context.db.sql
        .selectFrom(name as "audit_logs")
        .select(["user_id", "company_id"])
        .orderBy("id");
      // What follows the rows of the file tells of the findings of its scans.
      const ofFile = (await fetchAll(context.db, query)).slice(0, secrets.table_counts[name] ?? 0);
      for (const { userId, companyId } of ofFile) {
        expect([name, companyId]).toEqual([name, homes.get(userId ?? 0) ?? null]);
        if (companyId !== null) seen.push(name);
      }
    }
    expect(new Set(seen)).toContain("xasm_scan_history");
    expect(new Set(seen).size).toBeGreaterThan(15);
    const { live } = await usageOf(context.db, "company_id", 1);
    expect(live).toMatchObject({ rows: expect.any(Number), bytes: expect.any(Number) });
    expect(live.rows).toBeGreaterThan(0);
    expect(live.bytes).toBeGreaterThan(live.rows);
  });

  test("makes findings of its scans, and tells which could not be", async () => {
    expect(summary.scans).toMatchObject({ findings: 3, withoutCompany: 0, unread: 0 });
    const query = context.db.sql.selectFrom("findings").select(["company_id", "source", "title"]).orderBy("id");
    const exposed = { companyId: 1, source: "lightbox", title: "Sensitive File Exposed" };
    expect(await fetchAll(context.db, query)).toEqual([exposed, exposed, exposed]);
    expect(rejects.filter(({ kind }) => kind === "unread")).toHaveLength(summary.scans.rejectedEntries);
  });

  test("leaves no bound of what was stored before, so that the first save counts", async () => {
    expect(await listHolders(context.db)).toEqual([]);
  });

  test("gives the next row the id after the highest one", async () => {
    const now = context.clock.now();
    const company = { name: "Next", primary_domain: "next.example", created_at: now, updated_at: now };
    const query = context.db.sql.insertInto("companies").values(company).returning("id");
    expect(await fetchFirst(context.db, query)).toEqual({ id: 6 });
  });

  test("refuses a database that has rows, naming the table", async () => {
    await expect(importLegacy(context.db, { file })).rejects.toMatchObject({ code: "CONFLICT", field: "companies" });
  });
});
