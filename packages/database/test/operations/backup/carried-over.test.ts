import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemCallerFor } from "../../../src/access/caller.ts";
import { getAuditLogs } from "../../../src/audit/index.ts";
import { fetchFirst } from "../../../src/database/statement.ts";
import {
  changePassword,
  changeUserRole,
  completeSecondFactor,
  createApiKey,
  createSession,
  deleteUser,
  demandTwoFactor,
  disableTwoFactor,
  getCompany,
  reinstateUser,
  requestEmailVerification,
  requestPasswordReset,
  resetPassword,
  revokeApiKey,
  signIn,
  suspendUser,
  updateOwnApiKey,
  validateApiKey,
  validateSession,
  verifyEmail,
  verifySecondFactor,
  waiveTwoFactor,
} from "../../../src/identity/index.ts";
import { logAudit } from "../../../src/operation/log-audit.ts";
import { createBackup, restoreBackup, type RestoreOutcome } from "../../../src/operations/backup/index.ts";
import { recountBounds } from "../../../src/quotas/recount-bounds.ts";
import { deleteXasmScan, saveXasmScan } from "../../../src/scans/index.ts";
import { getSecurityEvents } from "../../../src/security/index.ts";
import { createTestCompany, createTestUser, testPassword } from "../../support/people/accounts.ts";
import { ofRole } from "../../support/people/callers.ts";
import { codeAt, enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const ipAddress = "192.0.2.7";
const newPassword = "violet harbour wakes early";
const request = { newPassword, ipAddress };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-carried-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describeOnEachEngine("What a restore does not give back", (context) => {
  const { clock } = context;
  /** Everything that is tried on the restored database, made before and after the backup. */
  let world: Awaited<ReturnType<typeof makeWorld>>;
  let outcome: RestoreOutcome;

  const account = (values = {}) => createTestUser(context.db, values);
  const makeKey = async (userId: number) => createApiKey(context.db, { userId, name: "job" });
  const factorOf = (user: { id: number }) => enableTwoFactor(context.db, clock, user.id);
  const statusOf = (user: { id: number }) =>
    fetchFirst(
      context.db,
      context.db.sql
        .selectFrom("users")
        .select(["status", "role", "deleted_at", "is_active", "suspended_by"])
        .where("id", "=", user.id),
    );
  const tries = async (user: { email: string }, password: string) =>
    (await signIn(context.db, { email: user.email, password, ipAddress })).status;

  const save = ({ userId, companyId }: { userId: number; companyId: number }, scan: number) =>
    saveXasmScan(context.db, { scanId: `${companyId} ${scan}`, target: "example.org", results: {}, userId });
  /** A company that may store two scans, with a user who did store so many. */
  async function storing(scans: number) {
    const { id: companyId } = await createTestCompany(context.db, { max_stored_rows: 2 });
    const { id: userId } = await account({ company_id: companyId });
    for (let scan = 1; scan <= scans; scan += 1) await save({ userId, companyId }, scan);
    return { userId, companyId };
  }

  async function makeWorld() {
    const { db } = context;
    const users = {
      plain: await account(),
      suspended: await account({ role: "admin" }),
      raised: await account(),
      kept: await account(),
      deleted: await account(),
      lowered: await account({ role: "super_admin" }),
      changed: await account(),
      secured: await account(),
      replaced: await account(),
      spender: await account(),
      waiting: await account({ email_verified: false }),
    };
    await account({ role: "super_admin" });
    await suspendUser(db, { id: users.raised.id }, ofRole("admin"));
    await suspendUser(db, { id: users.kept.id });
    const demanding = await createTestCompany(db);
    const raised = await createTestCompany(db);
    const lowered = await createTestCompany(db);
    await demandTwoFactor(db, { id: raised.id }, ofRole("admin", raised.id));
    await demandTwoFactor(db, { id: lowered.id });
    const full = await storing(2);
    const roomy = await storing(1);
    const session = await createSession(db, { userId: users.plain.id, ipAddress });
    const keys = {
      kept: await makeKey(users.plain.id),
      revoked: await makeKey(users.plain.id),
      bound: await makeKey(users.plain.id),
    };
    const link = await requestPasswordReset(db, { email: users.plain.email, ipAddress });
    const verification = await requestEmailVerification(db, { userId: users.waiting.id });
    const former = await factorOf(users.replaced);
    const spender = await factorOf(users.spender);
    const challenge = await signIn(db, { email: users.spender.email, password: testPassword, ipAddress });
    return {
      users,
      demanding,
      raised,
      lowered,
      full,
      roomy,
      session,
      keys,
      link,
      verification,
      former,
      spender,
      challenge,
    };
  }

  /** What happens between the backup and the restore. */
  async function change({ users, demanding, raised, lowered, full, roomy, keys, spender }: typeof world) {
    const { db } = context;
    clock.advance({ minutes: 1 });
    await suspendUser(db, { id: users.suspended.id });
    await suspendUser(db, { id: users.raised.id });
    await reinstateUser(db, { id: users.kept.id });
    await suspendUser(db, { id: users.kept.id }, ofRole("admin"));
    await deleteUser(db, { id: users.deleted.id });
    await changeUserRole(db, { id: users.lowered.id, role: "user" });
    await demandTwoFactor(db, { id: demanding.id });
    await demandTwoFactor(db, { id: raised.id });
    await waiveTwoFactor(db, { id: lowered.id });
    await demandTwoFactor(db, { id: lowered.id, graceDays: 3 }, ofRole("admin", lowered.id));
    await deleteXasmScan(db, { scanId: `${full.companyId} 2`, userId: full.userId });
    await save(full, 3);
    await save(roomy, 2);
    await recountBounds(db);
    await revokeApiKey(db, keys.revoked.keyId);
    const networks = ["198.51.100.0/24"];
    await updateOwnApiKey(db, { id: keys.bound.keyId, networks }, systemCallerFor({ userId: users.plain.id }));
    await changePassword(db, users.changed.id, { currentPassword: testPassword, ...request });
    const secured = await factorOf(users.secured);
    await disableTwoFactor(db, users.replaced.id);
    const replaced = await factorOf(users.replaced);
    expect(await verifySecondFactor(db, users.spender.id, spender.backupCodes[0] ?? "")).toBe(true);
    const late = await account({ email: "late@example.org" });
    await logAudit(db, { action: "late_deed", description: "done by somebody new", actor: { userId: late.id } });
    return { secured, replaced, late };
  }

  let later: Awaited<ReturnType<typeof change>>;
  let backupPath: string;
  beforeAll(async () => {
    world = await makeWorld();
    ({ backupPath } = await createBackup(context.db, { folder, verify: false }));
    later = await change(world);
    outcome = await restoreBackup(context.db, backupPath, { confirm: true });
  }, 120_000);

  test("attack: no session, link or challenge of before lets anybody in", async () => {
    const { db } = context;
    expect(await validateSession(db, world.session.token)).toBeNull();
    expect(await resetPassword(db, { token: world.link?.token ?? "", newPassword, ipAddress })).toBeNull();
    expect(await verifyEmail(db, { token: world.verification.token })).toBeNull();
    const { challenge } = world.challenge as { challenge: string };
    const code = codeAt(world.spender.secret, clock.now());
    expect(await completeSecondFactor(db, { challenge, code, ipAddress })).toEqual({ status: "wrong-credentials" });
    expect(outcome.ended).toEqual({ sessions: 1, links: 2 });
  });

  test("attack: a revoked key, one that was bound to networks, a suspended, a deleted and a lowered account stay what they are", async () => {
    const { users, keys } = world;
    expect(await validateApiKey(context.db, keys.revoked.key)).toBeNull();
    expect(await validateApiKey(context.db, keys.kept.key)).not.toBeNull();
    expect(await validateApiKey(context.db, keys.bound.key, { ipAddress })).toBeNull();
    expect(await validateApiKey(context.db, keys.bound.key, { ipAddress: "198.51.100.1" })).not.toBeNull();
    for (const user of [users.suspended, users.raised, users.kept]) {
      expect(await statusOf(user)).toMatchObject({ status: "suspended", suspendedBy: "super_admin" });
    }
    expect(await statusOf(users.deleted)).toMatchObject({ deletedAt: expect.any(Date), isActive: false });
    expect(await statusOf(users.lowered)).toMatchObject({ role: "user" });
    expect(await statusOf(later.late)).toBeNull();
  });

  test("attack: a password that was replaced lets nobody in, and the newer one does", async () => {
    const { changed, plain } = world.users;
    expect(await tries(changed, testPassword)).toBe("wrong-credentials");
    expect(await tries(changed, newPassword)).toBe("signed-in");
    const reused = { currentPassword: newPassword, newPassword: testPassword, ipAddress };
    await expect(changePassword(context.db, changed.id, reused)).rejects.toMatchObject({ field: "newPassword" });
    expect(await tries(plain, testPassword)).toBe("signed-in");
  });

  test("attack: the later second factor counts, and a used backup code stays used", async () => {
    const { secured, replaced, spender } = world.users;
    const { db } = context;
    expect(await tries(secured, testPassword)).toBe("second-factor-needed");
    clock.advance({ seconds: 30 });
    expect(await verifySecondFactor(db, secured.id, codeAt(later.secured.secret, clock.now()))).toBe(true);
    expect(await verifySecondFactor(db, replaced.id, codeAt(world.former.secret, clock.now()))).toBe(false);
    expect(await verifySecondFactor(db, replaced.id, codeAt(later.replaced.secret, clock.now()))).toBe(true);
    expect(await verifySecondFactor(db, spender.id, world.spender.backupCodes[0] ?? "")).toBe(false);
    expect(await verifySecondFactor(db, spender.id, world.spender.backupCodes[1] ?? "")).toBe(true);
  });

  test("attack: a company that demands a second factor since then demands it still, and as the higher role", async () => {
    const demandOf = async ({ id }: { id: number }) => {
      const company = await getCompany(context.db, id);
      const { twoFactorDemandedAt: since, twoFactorGraceDays: days, twoFactorDemandedBy: by } = company ?? {};
      return [since, days, by];
    };
    expect(await demandOf(world.demanding)).toEqual([expect.any(Date), 7, "super_admin"]);
    expect(await demandOf(world.raised)).toEqual([expect.any(Date), 7, "super_admin"]);
    expect(await demandOf(world.lowered)).toEqual([expect.any(Date), 3, "super_admin"]);
  });

  test("attack: a company that was full when the backup was made may store nothing more, and another what it could then", async () => {
    const { full, roomy } = world;
    const boundOf = async ({ companyId }: typeof full) => {
      const query = context.db.sql.selectFrom("quota_bounds").select(["live_rows", "deleted_rows"]);
      return fetchFirst(context.db, query.where("id", "=", `company ${companyId}`));
    };
    expect(await boundOf(full)).toEqual({ liveRows: 2, deletedRows: 0 });
    expect(await boundOf(roomy)).toEqual({ liveRows: 1, deletedRows: 0 });
    const exceeded = { code: "QUOTA_EXCEEDED" };
    await expect(save(full, 4)).rejects.toMatchObject(exceeded);
    await save(roomy, 4);
    await expect(save(roomy, 5)).rejects.toMatchObject(exceeded);
  });

  test("attack: what was done since the backup is still in the audit log and among the events", async () => {
    const { db } = context;
    for (const [action, rows] of [
      ["user_suspended", 5],
      ["user_deleted", 1],
      ["api_key_revoked", 1],
    ] as const) {
      expect((await getAuditLogs(db, { action })).items, action).toHaveLength(rows);
    }
    const { items: deeds } = await getAuditLogs(db, { action: "late_deed" });
    expect(deeds).toMatchObject([{ userId: null, metadataJson: { formerUser: later.late.email } }]);
    const { items: events } = await getSecurityEvents(db, { eventType: "api_key_revoked" });
    expect(events).toMatchObject([{ userId: world.users.plain.id }]);
  });

  test("says what it carried over, in the outcome and in the audit log", async () => {
    const { carriedOver, superAdministrators } = outcome;
    // Of the two in the backup, one is a user now.
    expect(superAdministrators).toBe(1);
    expect(carriedOver).toMatchObject({
      usersDeleted: 1,
      usersSuspended: 2,
      rolesLowered: 1,
      passwords: 1,
      secondFactors: 3,
      apiKeysRevoked: 1,
      companiesDeleted: 0,
      twoFactorDemands: 3,
    });
    expect(carriedOver?.auditRows).toBeGreaterThan(6);
    expect(carriedOver?.securityEvents).toBeGreaterThan(3);
    const { items } = await getAuditLogs(context.db, { action: "database_restored" });
    expect(items).toMatchObject([{ userId: null, metadataJson: { carriedOver, ended: outcome.ended } }]);
    expect((await getSecurityEvents(context.db, { eventType: "database_restored" })).items).toHaveLength(1);
  });

  test("--as-it-was brings everything back, and nothing is lost or doubled when the state before it returns", async () => {
    const { db } = context;
    const entries = async () => (await getAuditLogs(db, { limit: 200 })).items;
    const before = await entries();
    clock.advance({ minutes: 1 });
    const done = await restoreBackup(db, backupPath, { confirm: true, asItWas: true });
    expect(done).toMatchObject({ ended: null, carriedOver: null });
    expect(await validateSession(db, world.session.token)).not.toBeNull();
    expect(await validateApiKey(db, world.keys.revoked.key)).not.toBeNull();
    expect(await statusOf(world.users.suspended)).toMatchObject({ status: "active" });
    expect((await getAuditLogs(db, { action: "user_suspended" })).items).toHaveLength(2);
    expect((await getAuditLogs(db, { action: "database_restored" })).items).toHaveLength(1);

    // From here on the log goes two ways: the same numbers stand for other rows.
    await logAudit(db, { action: "other_way" });
    const { carriedOver } = await restoreBackup(db, done.preRestoreBackup ?? "", { confirm: true });
    expect(carriedOver).toMatchObject({ auditRows: 2, securityEvents: 1 });
    await logAudit(db, { action: "goes_on" });
    const after = await entries();
    expect(new Set(after.map(({ id }) => id)).size).toBe(after.length);
    expect(after.length).toBe(before.length + 4);
    for (const [action, rows] of [
      ["other_way", 1],
      ["user_suspended", 5],
    ] as const) {
      expect((await getAuditLogs(db, { action })).items).toHaveLength(rows);
    }
  }, 120_000);
});
