import { beforeEach, describe, expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { changeUserRole, deleteUser, getUser, suspendUser } from "../../../src/identity/index.ts";
import { alterTestUser, createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("The last super administrator", (context) => {
  beforeEach(async () => {
    await runQuery(context.db, context.db.sql.deleteFrom("users").where("role", "=", "super_admin"));
  });

  describe.each([
    ["deleted", deleteUser],
    ["suspended", suspendUser],
    ["given another role", (db, { id }) => changeUserRole(db, { id, role: "admin" })],
    [
      "given an end",
      (db, { id }) =>
        changeUserRole(db, { id, role: "super_admin", expiresAt: new Date(db.clock.now().getTime() + 60_000) }),
    ],
  ] satisfies [string, (db: Handle, user: { id: number }) => Promise<unknown>][])("cannot be %s", (_, end) => {
    test("while no other can act for good", async () => {
      const { db, clock } = context;
      const { id } = await createTestUser(db, { role: "super_admin" });
      const before = await getUser(db, id);
      const later = new Date(clock.now().getTime() + 60_000);
      await createTestUser(db, { role: "super_admin", status: "suspended" });
      await createTestUser(db, { role: "super_admin", status: "locked", locked_until: later });
      await createTestUser(db, { role: "super_admin", expires_at: later });
      await createTestUser(db, { role: "super_admin", deleted_at: clock.now() });
      await createTestUser(db, { role: "admin" });
      await expect(end(db, { id })).rejects.toMatchObject({ code: "LAST_ADMINISTRATOR", status: 409 });
      expect(await getUser(db, id)).toEqual(before);
      await createTestUser(db, { role: "super_admin" });
      await expect(end(db, { id })).resolves.toBeDefined();
    });

    test("attack: not by two who do it to each other at once, by two handles", async () => {
      const { db } = context;
      const other = await context.openAnother();
      for (let round = 0; round < 5; round += 1) {
        await runQuery(db, db.sql.deleteFrom("users").where("role", "=", "super_admin"));
        const [first, second] = [
          await createTestUser(db, { role: "super_admin" }),
          await createTestUser(db, { role: "super_admin" }),
        ];
        const outcomes = await Promise.allSettled([end(db, { id: first.id }), end(other, { id: second.id })]);
        expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
        const refused = outcomes.find(({ status }) => status === "rejected");
        expect(refused).toMatchObject({ reason: { code: "LAST_ADMINISTRATOR" } });
      }
    });
  });

  test("counts as able to act again when the lock has run out", async () => {
    const { db, clock } = context;
    const { id } = await createTestUser(db, { role: "super_admin" });
    const other = await createTestUser(db, { role: "super_admin" });
    await alterTestUser(db, other.id, { status: "locked", locked_until: clock.now() });
    await expect(deleteUser(db, { id })).resolves.toBeDefined();
  });
});
