import { describe, expect, test } from "vitest";
import { systemCaller } from "../../../src/access/caller.ts";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { NotFoundError } from "../../../src/errors/index.ts";
import { createSession, validateSession } from "../../../src/identity/sessions/index.ts";
import {
  changeUserRole,
  createUser,
  deleteUser,
  getUser,
  moveUserToCompany,
  reinstateUser,
  requestEmailVerification,
  restoreUser,
  suspendUser,
} from "../../../src/identity/index.ts";
import {
  alterTestUser,
  createTestCompany,
  createTestUser,
  testPassword,
  uniqueWord,
} from "../../support/people/accounts.ts";
import { insertTestKeys } from "../../support/people/api-keys.ts";
import { ofRole, on } from "../../support/people/callers.ts";
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

  test("attack: are not given back by an administrator where a super administrator, or the program, took them", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const [admin, superAdmin] = [ofRole("admin", companyId), ofRole("super_admin")];
    const member = async () => (await createTestUser(db, { company_id: companyId })).id;
    const refused = {
      code: "PERMISSION_DENIED",
      message: "The account was suspended by a super_admin: nobody of a lower role reinstates it.",
      help: "Ask a super_admin.",
    };
    for (const by of [superAdmin, systemCaller]) {
      const id = await member();
      expect(await suspendUser(db, { id }, by)).toMatchObject({ suspendedBy: "super_admin" });
      await expect(reinstateUser(db, { id }, admin)).rejects.toMatchObject(refused);
      // Neither by suspending again, nor by a deletion.
      expect(await suspendUser(db, { id }, admin)).toMatchObject({ suspendedBy: "super_admin" });
      await deleteUser(db, { id }, admin);
      await restoreUser(db, { id }, admin);
      await expect(reinstateUser(db, { id }, admin)).rejects.toMatchObject(refused);
      expect(await reinstateUser(db, { id }, superAdmin)).toMatchObject({ status: "active", suspendedBy: null });
    }
    const words = { email: `${uniqueWord()}@example.org`, password: testPassword, role: "user", companyId } as const;
    const { id: made } = await createUser(db, { ...words, status: "suspended" });
    await expect(reinstateUser(db, { id: made }, admin)).rejects.toMatchObject(refused);
  });

  test("that an administrator took are an administrator's to give back, until somebody higher suspends again", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const admin = ofRole("admin", companyId);
    const { id } = await createTestUser(db, { company_id: companyId });
    expect(await suspendUser(db, { id }, admin)).toMatchObject({ suspendedBy: "admin" });
    expect(await reinstateUser(db, { id }, admin)).toMatchObject({ status: "active", suspendedBy: null });
    await suspendUser(db, { id }, admin);
    expect(await suspendUser(db, { id }, ofRole("super_admin"))).toMatchObject({ suspendedBy: "super_admin" });
    expect((await findAudit(db, id, "user_suspended")).at(-1)?.metadataJson).toMatchObject({
      from: "suspended",
      suspendedBy: "super_admin",
    });
    await expect(reinstateUser(db, { id }, admin)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    // As a NERVE leaves it that does not know the column.
    await alterTestUser(db, id, { suspended_by: null });
    expect(await reinstateUser(db, { id }, admin)).toMatchObject({ status: "active" });
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
