import { expect, test } from "vitest";
import { statement } from "../../src/database/statement.ts";
import { signIn } from "../../src/identity/sign-in/sign-in.ts";
import { listUsers, requireUser, unlockUser } from "../../src/identity/index.ts";
import { NotFoundError, ValidationError } from "../../src/errors/index.ts";
import type { UserStatus } from "../../src/schema/core.ts";
import {
  checkAccountLock,
  incrementFailedLoginCount,
  lockUserAccount,
  unlockUserAccount,
} from "../../src/security/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { alterTestUser, createTestCompany, createTestUser, testPassword } from "../support/people/accounts.ts";

const findUser = statement((sql, { userId }: { userId: number }) =>
  sql
    .selectFrom("users")
    .select(["status", "locked_until", "failed_login_attempts", "updated_at"])
    .where("id", "=", userId),
);
const lockForEver = statement((sql, { userId }: { userId: number }) =>
  sql.updateTable("users").set({ status: "locked", locked_until: null }).where("id", "=", userId),
);
const deleteUser = statement((sql, { userId, now }: { userId: number; now: Date }) =>
  sql.updateTable("users").set({ deleted_at: now }).where("id", "=", userId),
);
const eventsOf = statement((sql, { userId }: { userId: number }) =>
  sql
    .selectFrom("security_events")
    .select(["event_type", "severity", "description"])
    .where("user_id", "=", userId)
    .orderBy("id"),
);
const auditOf = statement((sql, { userId }: { userId: number }) =>
  sql
    .selectFrom("audit_logs")
    .select(["action", "user_id", "ip_address", "metadata_json"])
    .where("resource_type", "=", "users")
    .where("resource_id", "=", userId)
    .orderBy("id"),
);

describeOnEachEngine("A lock", (context) => {
  test("holds until its end, and the check tells how long", async () => {
    const userId = (await createTestUser(context.db)).id;
    const { lockedUntil } = await lockUserAccount(context.db, userId);
    expect(lockedUntil).toEqual(new Date(context.clock.now().getTime() + 30 * 60_000));
    expect(await checkAccountLock(context.db, userId)).toEqual({
      exists: true,
      locked: true,
      lockedUntil,
      remainingMinutes: 30,
    });
    context.clock.advance({ minutes: 29, seconds: 1 });
    expect(await checkAccountLock(context.db, userId)).toMatchObject({ locked: true, remainingMinutes: 1 });
    context.clock.advance({ seconds: 59 });
    expect(await checkAccountLock(context.db, userId)).toEqual({
      exists: true,
      locked: false,
      lockedUntil: null,
      remainingMinutes: 0,
    });
  });

  test("is checked without changing anything", async () => {
    const userId = (await createTestUser(context.db)).id;
    await lockUserAccount(context.db, userId, { minutes: 1 });
    const before = await findUser.first(context.db, { userId });
    context.clock.advance({ hours: 1 });
    await checkAccountLock(context.db, userId);
    expect(await findUser.first(context.db, { userId })).toEqual(before);
  });

  test("leaves an event and an audit row that names the actor", async () => {
    const userId = (await createTestUser(context.db)).id;
    const actorId = (await createTestUser(context.db)).id;
    const actor = { userId: actorId, ipAddress: "192.0.2.9" };
    await lockUserAccount(context.db, userId, { minutes: 5, reason: "Lost laptop", actor });
    await unlockUserAccount(context.db, userId, { actor });
    expect(await eventsOf.all(context.db, { userId })).toEqual([
      { eventType: "account_locked", severity: "medium", description: "Account locked for 5 minutes: Lost laptop" },
      { eventType: "account_unlocked", severity: "info", description: "Account unlocked" },
    ]);
    expect(await auditOf.all(context.db, { userId })).toEqual([
      { action: "account_locked", userId: actorId, ipAddress: "192.0.2.9", metadataJson: { minutes: 5 } },
      { action: "account_unlocked", userId: actorId, ipAddress: "192.0.2.9", metadataJson: null },
    ]);
  });

  test.each<UserStatus>(["suspended", "pending_verification"])(
    "attack: a %s account is not active once its lock has run out or was lifted",
    async (status) => {
      const userId = (await createTestUser(context.db, { status })).id;
      await lockUserAccount(context.db, userId, { minutes: 1 });
      expect(await checkAccountLock(context.db, userId)).toMatchObject({ locked: true });
      context.clock.advance({ minutes: 2 });
      expect(await checkAccountLock(context.db, userId)).toMatchObject({ locked: false });
      expect(await findUser.first(context.db, { userId })).toMatchObject({ status });
      expect(await unlockUserAccount(context.db, userId)).toBe(true);
      expect(await findUser.first(context.db, { userId })).toMatchObject({ status, lockedUntil: null });
    },
  );

  test("does not shorten one that lasts longer, or has no end", async () => {
    const userId = (await createTestUser(context.db)).id;
    const { lockedUntil } = await lockUserAccount(context.db, userId, { minutes: 600 });
    expect(await lockUserAccount(context.db, userId, { minutes: 1 })).toEqual({ lockedUntil });
    await lockForEver.run(context.db, { userId });
    expect(await lockUserAccount(context.db, userId, { minutes: 1 })).toEqual({ lockedUntil: null });
    expect(await checkAccountLock(context.db, userId)).toEqual({
      exists: true,
      locked: true,
      lockedUntil: null,
      remainingMinutes: null,
    });
  });

  test("that has run out can be set anew", async () => {
    const userId = (await createTestUser(context.db)).id;
    await lockUserAccount(context.db, userId, { minutes: 1 });
    context.clock.advance({ minutes: 10 });
    await lockUserAccount(context.db, userId, { minutes: 1 });
    expect(await checkAccountLock(context.db, userId)).toMatchObject({ locked: true, remainingMinutes: 1 });
  });

  test("is lifted with the count of failed sign-ins, once", async () => {
    const userId = (await createTestUser(context.db)).id;
    await incrementFailedLoginCount(context.db, userId);
    await lockUserAccount(context.db, userId);
    expect(await unlockUserAccount(context.db, userId)).toBe(true);
    expect(await findUser.first(context.db, { userId })).toMatchObject({
      status: "active",
      lockedUntil: null,
      failedLoginAttempts: 0,
      updatedAt: context.clock.now(),
    });
    expect(await unlockUserAccount(context.db, userId)).toBe(false);
    expect(await eventsOf.all(context.db, { userId })).toHaveLength(2);
  });

  test("of a user who does not exist or is deleted is an error; the check says that there is none", async () => {
    const deleted = (await createTestUser(context.db)).id;
    await deleteUser.run(context.db, { userId: deleted, now: context.clock.now() });
    for (const userId of [999_999, deleted]) {
      await expect(lockUserAccount(context.db, userId)).rejects.toBeInstanceOf(NotFoundError);
      await expect(unlockUserAccount(context.db, userId)).rejects.toBeInstanceOf(NotFoundError);
      expect(await checkAccountLock(context.db, userId)).toEqual({
        exists: false,
        locked: false,
        lockedUntil: null,
        remainingMinutes: 0,
      });
    }
  });

  test.each([0, -1, 1.5, 525_601, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s minutes", async (minutes) => {
    const userId = (await createTestUser(context.db)).id;
    await expect(lockUserAccount(context.db, userId, { minutes })).rejects.toMatchObject({ field: "minutes" });
    expect(await checkAccountLock(context.db, userId)).toMatchObject({ locked: false });
  });

  test("attack: 0 stands for nobody, and unknown fields are refused", async () => {
    await expect(lockUserAccount(context.db, 0)).rejects.toBeInstanceOf(ValidationError);
    await expect(checkAccountLock(context.db, 0)).rejects.toBeInstanceOf(ValidationError);
    const userId = (await createTestUser(context.db)).id;
    const options = { minutes: 1, status: "active" };
    await expect(lockUserAccount(context.db, userId, options)).rejects.toMatchObject({ field: "status" });
  });

  test("is not needed to unlock: what failed sign-ins brought is lifted for address and account, everywhere", async () => {
    const { id, email } = await createTestUser(context.db);
    const enter = (password: string, ipAddress = "203.0.113.9") => signIn(context.db, { email, password, ipAddress });
    await enter(testPassword, "192.0.2.7");
    for (const ipAddress of ["203.0.113.9", "192.0.2.7"]) {
      for (let round = 0; round < 5; round += 1) await enter("a wrong password", ipAddress);
    }
    const refused = await enter(testPassword);
    expect(refused).toMatchObject({ status: "locked" });
    expect(await enter(testPassword, "192.0.2.7")).toMatchObject({ status: "locked" });
    const until = refused.status === "locked" ? refused.until : null;
    expect(await requireUser(context.db, { id })).toMatchObject({ signInRefusedUntil: until });
    const { items } = await listUsers(context.db, { search: email });
    expect(items).toMatchObject([{ signInRefusedUntil: until }]);

    expect(await unlockUserAccount(context.db, id)).toBe(true);
    expect(await unlockUserAccount(context.db, id)).toBe(false);
    expect(await requireUser(context.db, { id })).toMatchObject({ signInRefusedUntil: null, failedLoginAttempts: 0 });
    expect(await enter(testPassword)).toMatchObject({ status: "signed-in" });
  });

  test("attack: unlocking forgets what was, not what comes", async () => {
    const { id, email } = await createTestUser(context.db);
    const guess = () => signIn(context.db, { email, password: "a wrong password", ipAddress: "203.0.113.9" });
    for (let round = 0; round < 5; round += 1) await guess();
    await unlockUserAccount(context.db, id);
    for (let round = 0; round < 5; round += 1) expect(await guess()).toMatchObject({ status: "wrong-credentials" });
    expect(await guess()).toMatchObject({ status: "locked" });
  });

  test("lifts for an administrator of the company what failed before the user came to it", async () => {
    const [former, present] = [await createTestCompany(context.db), await createTestCompany(context.db)];
    const admin = await createTestUser(context.db, { role: "admin", company_id: present.id });
    const { id, email } = await createTestUser(context.db, { company_id: former.id });
    for (let round = 0; round < 5; round += 1) {
      await signIn(context.db, { email, password: "a wrong password", ipAddress: "203.0.113.9" });
    }
    await alterTestUser(context.db, id, { company_id: present.id });
    const caller = {
      actor: { userId: admin.id },
      scope: { kind: "company", companyId: present.id },
      role: "admin",
      proof: "fresh",
      may: () => true,
    } as const;
    expect(await unlockUser(context.db, { id }, caller)).toMatchObject({ signInRefusedUntil: null });
    expect(await signIn(context.db, { email, password: testPassword, ipAddress: "203.0.113.9" })).toMatchObject({
      status: "signed-in",
    });
  });
});
