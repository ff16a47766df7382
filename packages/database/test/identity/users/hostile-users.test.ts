import { expect, test } from "vitest";
import { fetchFirst } from "../../../src/database/statement.ts";
import { ValidationError } from "../../../src/errors/index.ts";
import {
  changeUserRole,
  createFirstAdministrator,
  createUser,
  deleteUser,
  findUserByEmail,
  getUser,
  listUsers,
  moveUserToCompany,
  reinstateUser,
  requestEmailVerification,
  restoreUser,
  suspendUser,
  updateUser,
  verifyEmail,
} from "../../../src/identity/index.ts";
import { createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { on } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { hostileStrings, unprintableStrings } from "../../support/hostile.ts";

const newEmail = () => `${uniqueWord()}@example.org`;

describeOnEachEngine("Attack: a user function", (context) => {
  test.each(hostileStrings)("stores, finds and audits the text %j as it is", async (text) => {
    const { db } = context;
    const actor = { userId: null, userAgent: text };
    const { id } = await createTestUser(db);
    expect((await updateUser(db, { id, fullName: text, username: text }, on(actor))).fullName).toBe(text);
    expect((await getUser(db, id))?.username).toBe(text);
    expect((await listUsers(db, { search: text })).items.map((user) => user.id)).toContain(id);
    await suspendUser(db, { id, reason: text }, on(actor));
    const last = db.sql
      .selectFrom("audit_logs")
      .select(["description", "user_agent"])
      .where("action", "=", "user_suspended")
      .where("resource_id", "=", id);
    expect(await fetchFirst(db, last)).toEqual({ description: text, userAgent: text });
    await updateUser(db, { id, username: null });
  });

  test.each(hostileStrings)("finds nobody by the address, token or cursor %j", async (text) => {
    const { db } = context;
    expect(await findUserByEmail(db, text)).toBeNull();
    expect(await verifyEmail(db, { token: text })).toBeNull();
    await expect(listUsers(db, { cursor: text })).rejects.toMatchObject({ field: "cursor" });
    await expect(createUser(db, { email: text, password: testPassword, role: "user" })).rejects.toMatchObject({
      field: "email",
    });
  });

  test.each(unprintableStrings)("refuses the text %j, by its field", async (text) => {
    const { db } = context;
    const { id } = await createTestUser(db);
    await expect(updateUser(db, { id, fullName: text })).rejects.toMatchObject({ field: "fullName" });
    await expect(suspendUser(db, { id, reason: text })).rejects.toMatchObject({ field: "reason" });
    await expect(listUsers(db, { search: text })).rejects.toMatchObject({ field: "search" });
    await expect(findUserByEmail(db, text)).rejects.toMatchObject({ field: "email" });
    await expect(deleteUser(db, { id }, on({ userId: null, userAgent: text }))).rejects.toMatchObject({
      field: "actor.userAgent",
    });
    expect(await verifyEmail(db, { token: text })).toBeNull();
  });

  test.each([
    "email",
    "role",
    "status",
    "companyId",
    "company_id",
    "password",
    "passwordHash",
    "emailVerified",
    "twoFactorEnabled",
    "twoFactorSecret",
    "failedLoginAttempts",
    "lockedUntil",
    "expiresAt",
    "isActive",
    "deletedAt",
    "mustChangePassword",
    "__proto__",
    "constructor",
  ])("changes no field %s of a profile", async (field) => {
    const { db } = context;
    const { id } = await createTestUser(db);
    const before = await getUser(db, id);
    const changes = JSON.parse(`{"theme": "light", ${JSON.stringify(field)}: "admin"}`) as object;
    await expect(updateUser(db, { ...changes, id })).rejects.toMatchObject({ code: "INVALID_INPUT", field });
    expect(await getUser(db, id)).toEqual(before);
  });

  test.each([
    "id",
    "passwordHash",
    "twoFactorSecret",
    "isActive",
    "deletedAt",
    "lockedUntil",
    "emailVerificationToken",
  ])("makes no user with the field %s", async (field) => {
    const { db } = context;
    const options = { email: newEmail(), password: testPassword, role: "user" as const, [field]: "1" };
    await expect(createUser(db, options)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });

  test.each(["SUPER_ADMIN", "root", "", "admin\n", "super_admin' --"])("gives nobody the role %j", async (role) => {
    const { db } = context;
    const { id } = await createTestUser(db);
    const wrong = role as "admin";
    await expect(changeUserRole(db, { id, role: wrong })).rejects.toMatchObject({ field: "role" });
    const options = { email: newEmail(), password: testPassword, role: wrong };
    await expect(createUser(db, options)).rejects.toMatchObject({ field: "role" });
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 60, "1", "1 OR 1=1", null, [1]])("takes %j for no user", async (wrong) => {
    const { db } = context;
    const id = wrong as number;
    const calls = [
      getUser(db, id),
      updateUser(db, { id }),
      suspendUser(db, { id }),
      reinstateUser(db, { id }),
      deleteUser(db, { id }),
      restoreUser(db, { id }),
      changeUserRole(db, { id, role: "user" }),
      moveUserToCompany(db, { id, companyId: null }),
      requestEmailVerification(db, { userId: id }),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "INVALID_INPUT" } });
    }
  });

  test.each([0, -1, 1001, 1e9, Number.POSITIVE_INFINITY, "10"])("lists no page of %j rows", async (limit) => {
    const { db } = context;
    await expect(listUsers(db, { limit: limit as number })).rejects.toMatchObject({ field: "limit" });
  });

  test("never repeats a password in its refusal", async () => {
    const { db } = context;
    const password = "p\u0000assword-with-a-secret";
    const calls = [
      createUser(db, { email: newEmail(), password, role: "user" }),
      createUser(db, { email: newEmail(), password: [password] as never, role: "user" }),
      createFirstAdministrator(db, { email: newEmail(), password: 1 as never, origin: { ipAddress: "192.0.2.7" } }),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: "rejected", reason: expect.any(ValidationError) });
      expect(JSON.stringify(outcome)).not.toContain("secret");
    }
  });
});
