import { beforeEach, expect, test } from "vitest";
import { runQuery } from "../../src/database/statement.ts";
import { countUsers, createFirstAdministrator, deleteUser } from "../../src/identity/index.ts";
import { createTestUser, testPassword } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { auditedActions } from "../support/events.ts";

const origin = { ipAddress: "192.0.2.7", userAgent: "test" };
const first = { email: "First@Example.org", password: testPassword, origin };

describeOnEachEngine("The first administrator", (context) => {
  beforeEach(async () => {
    await runQuery(context.db, context.db.sql.deleteFrom("audit_logs"));
    await runQuery(context.db, context.db.sql.deleteFrom("users"));
  });

  test("is a verified super administrator, who made itself", async () => {
    const { db } = context;
    const user = await createFirstAdministrator(db, { ...first, fullName: "First" });
    expect(user).toMatchObject({
      email: "first@example.org",
      fullName: "First",
      role: "super_admin",
      status: "active",
      emailVerified: true,
      mustChangePassword: false,
      companyId: null,
      expiresAt: null,
    });
    expect(await auditedActions(db, "users", user.id)).toEqual(["user_created"]);
  });

  test("is made once: not while there is any user, not even a deleted one", async () => {
    const { db } = context;
    const { id } = await createTestUser(db);
    await expect(createFirstAdministrator(db, first)).rejects.toMatchObject({ code: "ALREADY_SET_UP" });
    await deleteUser(db, { id });
    await expect(createFirstAdministrator(db, first)).rejects.toMatchObject({ code: "ALREADY_SET_UP" });
    expect(await countUsers(db)).toBe(0);
  });

  test("needs a password that the policy accepts, and an origin", async () => {
    const { db } = context;
    const weak = createFirstAdministrator(db, { ...first, password: "administrator" });
    await expect(weak).rejects.toMatchObject({ field: "password" });
    const role = createFirstAdministrator(db, { ...first, role: "demo" } as typeof first);
    await expect(role).rejects.toMatchObject({ field: "role" });
    const nowhere = createFirstAdministrator(db, { ...first, origin: { ipAddress: "here" } });
    await expect(nowhere).rejects.toMatchObject({ field: "origin.ipAddress" });
    expect(await countUsers(db)).toBe(0);
  });

  test("attack: of several who try at once, by two handles, exactly one succeeds", async () => {
    const { db } = context;
    const other = await context.openAnother();
    const outcomes = await Promise.allSettled(
      [db, other, db, other].map((handle, index) =>
        createFirstAdministrator(handle, { ...first, email: `racer-${index}@example.org` }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "ALREADY_SET_UP" });
    }
    expect(await countUsers(db)).toBe(1);
  });
});
