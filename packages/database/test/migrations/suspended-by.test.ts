import { expect, test } from "vitest";
import type { Caller } from "../../src/access/caller.ts";
import { runQuery } from "../../src/database/statement.ts";
import { getUser, reinstateUser, suspendUser } from "../../src/identity/users/index.ts";
import { migrate } from "../../src/migrations/migrator.ts";
import { alterTestUser, createTestCompany, createTestUser } from "../support/people/accounts.ts";
import { ofRole, on } from "../support/people/callers.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { rollBackBefore } from "../support/roll-back.ts";

describeOnEachEngine("attack: a suspension of before its maker was kept", (context) => {
  test("is a super administrator's where the audit log says so, else an administrator's", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const make = async (role: "super_admin" | "admin" | "user") =>
      (await createTestUser(db, { role, company_id: role === "super_admin" ? null : companyId })).id;
    const [root, former, admin] = [await make("super_admin"), await make("admin"), await make("admin")];
    const suspendedAs = async (...callers: Caller[]) => {
      const id = await make("user");
      for (const caller of callers) {
        await suspendUser(db, { id }, caller);
        await reinstateUser(db, { id });
      }
      await alterTestUser(db, id, { status: "suspended" });
      return id;
    };
    const from = (userId: number) => on({ userId, ipAddress: "192.0.2.7" });
    const program = on({ userId: null });
    const cases = {
      root: await suspendedAs(from(admin), from(root)),
      program: await suspendedAs(program),
      admin: await suspendedAs(from(root), from(admin)),
      gone: await suspendedAs(from(former)),
      unlogged: await suspendedAs(),
      active: await make("user"),
    };
    await runQuery(db, db.sql.deleteFrom("users").where("id", "=", former));
    await rollBackBefore(db, "0023");
    await migrate(db);
    const kept = Object.entries(cases).map(async ([name, id]) => [name, (await getUser(db, id))?.suspendedBy]);
    expect(Object.fromEntries(await Promise.all(kept))).toEqual({
      root: "super_admin",
      program: "super_admin",
      admin: "admin",
      gone: "admin",
      unlogged: "admin",
      active: null,
    });
    const by = ofRole("admin", companyId);
    await expect(reinstateUser(db, { id: cases.root }, by)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await reinstateUser(db, { id: cases.gone }, by)).toMatchObject({ status: "active", suspendedBy: null });
  });
});
