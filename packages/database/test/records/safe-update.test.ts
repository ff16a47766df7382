import { expect, test } from "vitest";
import { getAuditLogs } from "../../src/audit/get-audit-logs.ts";
import type { Handle } from "../../src/database/handle.ts";
import { fetchFirst } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { ConflictError, ValidationError } from "../../src/errors/index.ts";
import { batchInsert } from "../../src/records/batch-insert.ts";
import { safeUpdate } from "../../src/records/safe-update.ts";
import { softDelete } from "../../src/records/soft-delete.ts";
import type { TableName } from "../../src/schema/tables.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const profile = async (db: Handle, id: string, more: object = {}) => {
  await batchInsert(db, "profiles", [{ id, name: id, ...more }]);
  return id;
};
const readProfile = (db: Handle, id: string) =>
  fetchFirst(db, db.sql.selectFrom("profiles").selectAll().where("id", "=", id));
const audits = async (db: Handle, action = "record_updated") => (await getAuditLogs(db, { action })).items;

describeOnEachEngine("Updating a record", (context) => {
  test("changes the fields, stamps the row, and tells what changed", async () => {
    const { db, clock } = context;
    const { id } = await createTestCompany(db, { name: "changed.example" });
    clock.advance({ hours: 1 });
    const result = await safeUpdate(db, "companies", id, { name: "Example Ltd", billingEmail: "Bills@Example.org" });
    expect(result).toEqual({
      success: true,
      recordId: id,
      changes: {
        name: { old: "changed.example", new: "Example Ltd" },
        billingEmail: { old: null, new: "bills@example.org" },
      },
    });
    const row = await fetchFirst(db, db.sql.selectFrom("companies").selectAll().where("id", "=", id));
    expect(row).toMatchObject({ name: "Example Ltd", updatedAt: clock.now(), maxSeats: 100 });
  });

  test("writes an audit row in the same transaction, with the actor and the names of the fields", async () => {
    const { db } = context;
    const { id } = await createTestCompany(db, { name: "audited.example" });
    const { id: userId } = await createTestUser(db);
    await safeUpdate(db, "companies", id, { name: "Audited" }, { actor: { userId, ipAddress: "192.0.2.1" } });
    const [row] = await audits(db);
    expect(row).toMatchObject({
      userId,
      resourceType: "companies",
      resourceId: id,
      ipAddress: "192.0.2.1",
      metadataJson: { fields: ["name"] },
    });
    const outcome = safeUpdate(db, "companies", id, { name: "Orphan" }, { actor: { userId: 987_654 } });
    await expect(outcome).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
    expect(await safeUpdate(db, "companies", id, { name: "Audited" })).toMatchObject({ changes: {} });
  });

  test("counts a value that is as it was as no change: no stamp, no audit row", async () => {
    const { db, clock } = context;
    const socialMediaJson = { b: [1, { c: null }], a: "x" };
    const id = await profile(db, "same", {
      riskScore: 0,
      breachCount: 3,
      socialMediaJson,
      exposedPasswords: "hunter2",
    });
    const before = await readProfile(db, id);
    const known = await audits(db);
    clock.advance({ days: 1 });
    const again = { name: "same", riskScore: 0, breachCount: 3, notes: null, exposedPasswords: "hunter2" };
    const result = await safeUpdate(db, "profiles", id, { ...again, socialMediaJson: { a: "x", b: [1, { c: null }] } });
    expect(result).toEqual({ success: true, recordId: id, changes: {} });
    expect(await safeUpdate(db, "profiles", id, {})).toMatchObject({ success: true, changes: {} });
    expect(await readProfile(db, id)).toEqual(before);
    expect(await audits(db)).toHaveLength(known.length);
  });

  test("counts an equal moment as no change", async () => {
    const { db } = context;
    const moment = "2026-01-02T03:04:05.678Z";
    await batchInsert(db, "github_findings", [
      { gistId: "t", gistUrl: "https://example.org", createdAt: new Date(moment) },
    ]);
    const query = db.sql.selectFrom("github_findings").select("id").where("gist_id", "=", "t");
    const id = (await fetchFirst(db, query))?.id ?? 0;
    expect((await safeUpdate(db, "github_findings", id, { createdAt: new Date(moment) })).changes).toEqual({});
    const later = new Date("2026-01-02T03:04:05.679Z");
    const { changes } = await safeUpdate(db, "github_findings", id, { createdAt: later });
    expect(changes).toEqual({ createdAt: { old: new Date(moment), new: later } });
  });

  test("keeps 0, false, empty text and empty lists as the values they are, and null apart from them", async () => {
    const { db } = context;
    const id = await profile(db, "falsy", { riskScore: 5, notes: "x", breachCount: 7, socialMediaJson: { a: 1 } });
    const changes = { riskScore: 0, notes: "", breachCount: null, socialMediaJson: [] };
    const result = await safeUpdate(db, "profiles", id, changes);
    expect(Object.keys(result.changes).toSorted()).toEqual(Object.keys(changes).toSorted());
    expect(await readProfile(db, id)).toMatchObject(changes);
  });

  test("answers that a record is not found when there is none, or it is soft-deleted", async () => {
    const { db } = context;
    const missing = { success: false, recordId: 99_999, changes: {}, error: "Record not found" };
    expect(await safeUpdate(db, "companies", 99_999, { name: "x" })).toEqual(missing);
    const id = await profile(db, "gone");
    await softDelete(db, "profiles", id);
    expect(await safeUpdate(db, "profiles", id, { name: "x" })).toMatchObject({ success: false, changes: {} });
    expect(await readProfile(db, id)).toMatchObject({ name: "gone" });
  });

  test("hides harvested credentials in what it tells, and encrypts them", async () => {
    const { db } = context;
    const id = await profile(db, "harvest", { exposedPasswords: "hunter2" });
    const result = await safeUpdate(db, "profiles", id, { exposedPasswords: "hunter3", notes: "seen" });
    expect(result.changes).toEqual({
      exposedPasswords: { old: "[hidden]", new: "[hidden]" },
      notes: { old: null, new: "seen" },
    });
    const stored = (await readProfile(db, id))?.exposedPasswords ?? "";
    const secrets = await db.secrets();
    expect(secrets.decrypt(stored, { table: "profiles", column: "exposed_passwords", row: id })).toBe("hunter3");
    const [row] = await audits(db);
    expect(row?.metadataJson).toEqual({ fields: ["notes", "exposedPasswords"], id });
  });

  test("needs the right by name for a field that says to whom a record belongs", async () => {
    const { db } = context;
    const { id: userId } = await createTestUser(db);
    const id = await profile(db, "owned");
    const outcome = safeUpdate(db, "profiles", id, { userId });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "userId" });
    const result = await safeUpdate(db, "profiles", id, { userId }, { mayChange: ["userId"] });
    expect(result.changes).toEqual({ userId: { old: null, new: userId } });
  });

  test("changes the profile of a user", async () => {
    const { db } = context;
    const { id } = await createTestUser(db);
    const changes = { fullName: "Ada Example", marketingEmails: true, timezone: "Europe/Berlin" };
    expect(await safeUpdate(db, "users", id, changes)).toMatchObject({ success: true });
    const row = await fetchFirst(
      db,
      db.sql.selectFrom("users").select(["full_name", "marketing_emails"]).where("id", "=", id),
    );
    expect(row).toEqual({ fullName: "Ada Example", marketingEmails: true });
  });

  test("reports a value that is taken, and a reference to nothing, and changes nothing then", async () => {
    const { db } = context;
    await batchInsert(
      db,
      "github_findings",
      ["one", "two"].map((gistId) => ({ gistId, gistUrl: "https://example.org" })),
    );
    const query = db.sql.selectFrom("github_findings").select("id").where("gist_id", "=", "two");
    const id = (await fetchFirst(db, query))?.id ?? 0;
    const taken = safeUpdate(db, "github_findings", id, { gistId: "one", filename: "x" });
    await expect(taken).rejects.toBeInstanceOf(ConflictError);
    const nobody = safeUpdate(db, "github_findings", id, { userId: 987_654 }, { mayChange: ["userId"] });
    await expect(nobody).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
    const after = await fetchFirst(
      db,
      db.sql.selectFrom("github_findings").select(["gist_id", "filename"]).where("id", "=", id),
    );
    expect(after).toEqual({ gistId: "two", filename: null });
  });

  test("ends with the transaction that it is called in, audit row included", async () => {
    const { db } = context;
    const id = await profile(db, "undone");
    const known = (await audits(db)).length;
    const outcome = transaction(db, async (tx) => {
      await safeUpdate(tx, "profiles", id, { name: "changed" });
      throw new Error("after all");
    });
    await expect(outcome).rejects.toThrow("after all");
    expect(await readProfile(db, id)).toMatchObject({ name: "undone" });
    expect(await audits(db)).toHaveLength(known);
  });

  test("loses no change when two of them meet", async () => {
    const { db } = context;
    const id = await profile(db, "meet", { breachCount: 0 });
    const results = await Promise.all(
      [1, 2, 3, 4].map((breachCount) => safeUpdate(db, "profiles", id, { breachCount })),
    );
    const steps = results.map(({ changes }) => changes["breachCount"]);
    const last = (await readProfile(db, id))?.breachCount;
    expect(new Set([...steps.map((step) => step?.old), last])).toEqual(new Set([0, 1, 2, 3, 4]));
  });
});

describeOnEachEngine("Attack: updating a record", (context) => {
  const refusedOfUsers = [
    ["role", "super_admin"],
    ["status", "active"],
    ["companyId", 1],
    ["email", "mallory@example.org"],
    ["emailVerified", true],
    ["passwordHash", "x"],
    ["twoFactorSecret", "x"],
    ["twoFactorEnabled", false],
    ["passwordResetToken", "x"],
    ["mustChangePassword", false],
    ["lockedUntil", null],
    ["failedLoginAttempts", 0],
    ["id", 1],
    ["createdAt", new Date()],
    ["updatedAt", new Date()],
    ["deletedAt", null],
    ["isActive", true],
    ["password_hash", "x"],
    ["metadata", "x"],
    ["constructor", "x"],
  ] as const;

  test.each(refusedOfUsers)("refuses %s of a user, even with every right", async (field, value) => {
    const { db } = context;
    const { id } = await createTestUser(db);
    const query = db.sql.selectFrom("users").selectAll().where("id", "=", id);
    const before = await fetchFirst(db, query);
    const outcome = safeUpdate(db, "users", id, { fullName: "Mallory", [field]: value }, { mayChange: [field] });
    await expect(outcome).rejects.toBeInstanceOf(ValidationError);
    await expect(outcome).rejects.toMatchObject({ field });
    expect(await fetchFirst(db, query)).toEqual(before);
  });

  test.each(["sessions", "api_keys", "audit_logs", "login_attempts", "password_history", "schema_migrations", "x; --"])(
    "refuses the table %s",
    async (table) => {
      const outcome = safeUpdate(context.db, table as TableName, 1, { userId: 1 });
      await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "table" });
    },
  );

  test.each([["1 OR 1=1"], [0], [-1], [1.5], [null], [{ id: 1 }], [[1]], [true]])("refuses the id %j", async (id) => {
    const outcome = safeUpdate(context.db, "companies", id as never, { name: "x" });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "id" });
  });

  test("finds nothing for SQL as an id, and stores SQL as text", async () => {
    const { db } = context;
    const id = await profile(db, "victim");
    const sql = "' OR '1'='1";
    expect(await safeUpdate(db, "profiles", sql, { name: "x" })).toMatchObject({ error: "Record not found" });
    await safeUpdate(db, "profiles", id, { notes: `'; DROP TABLE users; --` });
    expect(await readProfile(db, id)).toMatchObject({ name: "victim", notes: `'; DROP TABLE users; --` });
    const outcome = safeUpdate(db, "profiles", id, { [`name" = 'x' --`]: "x" });
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  test("refuses prototype keys and what is no plain object", async () => {
    const { db } = context;
    const id = await profile(db, "prototype");
    const polluted: unknown = JSON.parse('{"name":"x","__proto__":{"role":"admin"}}');
    const inherited: unknown = Object.create({ name: "x" });
    for (const changes of [polluted, inherited, null, "name", [["name", "x"]], new Map([["name", "x"]])]) {
      await expect(safeUpdate(db, "profiles", id, changes as never)).rejects.toBeInstanceOf(ValidationError);
    }
    expect(await readProfile(db, id)).toMatchObject({ name: "prototype" });
  });

  test("tells no value in its errors", async () => {
    const id = await profile(context.db, "quiet");
    const error: unknown = await safeUpdate(context.db, "profiles", id, { exposedPasswords: "s3cret\0" }).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(ValidationError);
    expect(JSON.stringify(error) + String(error)).not.toContain("s3cret");
  });
});
