import { describe, expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { NotFoundError } from "../../../src/errors/index.ts";
import { createSession, validateSession } from "../../../src/identity/sessions/index.ts";
import {
  changeUserRole,
  deleteUser,
  getUser,
  moveUserToCompany,
  reinstateUser,
  requestEmailVerification,
  restoreUser,
  suspendUser,
} from "../../../src/identity/index.ts";
import { createTestCompany, createTestUser } from "../../support/accounts.ts";
import { insertTestKeys } from "../../support/api-keys.ts";
import { on } from "../../support/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";

async function apiKeysOf(db: Handle, userId: number) {
  const query = db.sql.selectFrom("api_keys").select(["is_active", "revoked_at"]).where("user_id", "=", userId);
  return fetchAll(db, query);
}

async function findAudit(db: Handle, userId: number, action: string) {
  const query = db.sql
    .selectFrom("audit_logs")
    .select(["user_id", "metadata_json", "ip_address", "description"])
    .where("resource_id", "=", userId)
    .where("action", "=", action);
  return fetchAll(db, query);
}

describeOnEachEngine("The rights of a user", (context) => {
  describe.each([
    ["suspended", suspendUser, "user_suspended"],
    ["deleted", deleteUser, "user_deleted"],
  ] as const)("who is %s", (_, end, action) => {
    test("end with every session and API key, and one audit row says who did it", async () => {
      const { db, clock } = context;
      const [user, bystander, admin] = [await createTestUser(db), await createTestUser(db), await createTestUser(db)];
      const sessions = [];
      for (const { id } of [user, user, bystander]) {
        sessions.push(await createSession(db, { userId: id, ipAddress: "192.0.2.7" }));
        await insertTestKeys(db, id, 1);
      }
      clock.advance({ minutes: 1 });
      await end(db, { id: user.id }, on({ userId: admin.id, ipAddress: "2001:db8::1" }));
      const alive = await Promise.all(sessions.map(({ token }) => validateSession(db, token)));
      expect(alive.map((session) => session?.userId)).toEqual([undefined, undefined, bystander.id]);
      const revoked = { isActive: false, revokedAt: clock.now() };
      expect(await apiKeysOf(db, user.id)).toEqual([revoked, revoked]);
      expect(await apiKeysOf(db, bystander.id)).toEqual([{ isActive: true, revokedAt: null }]);
      expect(await countEvents(db, user.id, "session_revoked")).toBe(1);
      expect(await countEvents(db, user.id, "api_key_revoked")).toBe(1);
      const rows = await findAudit(db, user.id, action);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ userId: admin.id, ipAddress: "2001:db8::1" });
      expect(rows[0]?.metadataJson).toMatchObject({ sessions: 2, apiKeys: 2 });
    });

    test("are whole again, and nothing is logged, when the transaction fails", async () => {
      const { db } = context;
      const user = await createTestUser(db);
      const { token } = await createSession(db, { userId: user.id, ipAddress: "192.0.2.7" });
      const logged = await auditedActions(db, "users", user.id);
      const outcome = transaction(db, async (tx) => {
        await end(tx, { id: user.id });
        throw new Error("undone");
      });
      await expect(outcome).rejects.toThrow("undone");
      expect((await validateSession(db, token))?.userId).toBe(user.id);
      expect(await auditedActions(db, "users", user.id)).toEqual(logged);
    });

    test("cannot be ended where there is no user", async () => {
      await expect(end(context.db, { id: 987_654 })).rejects.toBeInstanceOf(NotFoundError);
    });
  });

  test("come back with reinstating, but sessions do not; each is done once", async () => {
    const { db, clock } = context;
    const user = await createTestUser(db);
    const { token } = await createSession(db, { userId: user.id, ipAddress: "192.0.2.7" });
    const suspended = await suspendUser(db, { id: user.id, reason: "Left the company" });
    expect(suspended.status).toBe("suspended");
    expect(await suspendUser(db, { id: user.id })).toEqual(suspended);
    expect((await findAudit(db, user.id, "user_suspended")).map(({ description }) => description)).toEqual([
      "Left the company",
    ]);
    const reinstated = await reinstateUser(db, { id: user.id });
    expect(reinstated).toMatchObject({ status: "active", lockedUntil: null, failedLoginAttempts: 0, isActive: true });
    expect(await reinstateUser(db, { id: user.id })).toEqual(reinstated);
    expect(await findAudit(db, user.id, "user_reinstated")).toHaveLength(1);
    expect(await validateSession(db, token)).toBeNull();
    clock.advance({ seconds: 1 });
    await expect(createSession(db, { userId: user.id, ipAddress: "192.0.2.7" })).resolves.toBeDefined();
  });

  test("that wait for the e-mail address to be verified are not gained by being suspended and reinstated", async () => {
    const { db } = context;
    const { id } = await createTestUser(db, { status: "pending_verification", email_verified: false });
    await requestEmailVerification(db, { userId: id });
    await suspendUser(db, { id });
    expect((await reinstateUser(db, { id })).status).toBe("pending_verification");
  });

  test("of a user who is locked are not given back by reinstating", async () => {
    const { db } = context;
    const { id } = await createTestUser(db, { status: "locked" });
    expect((await reinstateUser(db, { id })).status).toBe("locked");
  });

  test("come back with restoring as they were: a suspended user stays suspended", async () => {
    const { db } = context;
    const { id } = await createTestUser(db);
    await suspendUser(db, { id });
    await deleteUser(db, { id });
    await expect(deleteUser(db, { id })).rejects.toBeInstanceOf(NotFoundError);
    const restored = await restoreUser(db, { id });
    expect(restored).toMatchObject({ status: "suspended", deletedAt: null, isActive: true });
    expect(await restoreUser(db, { id })).toEqual(restored);
    expect(await findAudit(db, id, "user_restored")).toHaveLength(1);
    await expect(restoreUser(db, { id: 987_654 })).rejects.toBeInstanceOf(NotFoundError);
  });

  test("follow the role, and the audit row says from what to what", async () => {
    const { db } = context;
    const { id } = await createTestUser(db);
    const changed = await changeUserRole(db, { id, role: "analyst" });
    expect(changed.role).toBe("analyst");
    expect(await changeUserRole(db, { id, role: "analyst" })).toEqual(changed);
    expect((await findAudit(db, id, "user_role_changed")).map(({ metadataJson }) => metadataJson)).toEqual([
      { from: "user", to: "analyst", expiresAt: null },
    ]);
  });

  test("of a demo end; those of the account that it becomes do not", async () => {
    const { db, clock } = context;
    const { id } = await createTestUser(db);
    await expect(changeUserRole(db, { id, role: "demo" })).rejects.toMatchObject({ field: "expiresAt" });
    const expiresAt = new Date(clock.now().getTime() + 1000);
    expect(await changeUserRole(db, { id, role: "demo", expiresAt })).toMatchObject({ role: "demo", expiresAt });
    const never = changeUserRole(db, { id, role: "demo", expiresAt: null });
    await expect(never).rejects.toMatchObject({ field: "expiresAt" });
    const later = new Date(expiresAt.getTime() + 1000);
    expect((await changeUserRole(db, { id, role: "demo", expiresAt: later })).expiresAt).toEqual(later);
    expect(await changeUserRole(db, { id, role: "user" })).toMatchObject({ role: "user", expiresAt: null });
  });

  test("move with the user to another company, or to none", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id } = await createTestUser(db);
    expect((await moveUserToCompany(db, { id, companyId })).companyId).toBe(companyId);
    expect((await moveUserToCompany(db, { id, companyId: null })).companyId).toBeNull();
    expect((await findAudit(db, id, "user_moved")).map(({ metadataJson }) => metadataJson)).toEqual([
      { from: null, to: companyId, sessions: 0, apiKeys: 0 },
      { from: companyId, to: null, sessions: 0, apiKeys: 0 },
    ]);
    const nowhere = moveUserToCompany(db, { id, companyId: 987_654 });
    await expect(nowhere).rejects.toMatchObject({ code: "REFERENCE_VIOLATION", field: "companyId" });
    expect((await getUser(db, id))?.companyId).toBeNull();
  });
});
