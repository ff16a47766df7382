import { expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { runQuery } from "../../../src/database/statement.ts";
import {
  changeUserRole,
  createUser,
  deleteUser,
  listUsers,
  moveUserToCompany,
  restoreUser,
  suspendUser,
} from "../../../src/identity/index.ts";
import { deleteCompany, updateCompany } from "../../../src/identity/companies/index.ts";
import { createTestCompany, createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const hour = 3_600_000;
const exhausted = { code: "SEATS_EXHAUSTED", field: "companyId" };

describeOnEachEngine("The seats of a company", (context) => {
  const join = (db: Handle, companyId: number, role: "user" | "demo" = "user") =>
    createUser(db, {
      email: `${uniqueWord()}@example.org`,
      password: testPassword,
      role,
      companyId,
      expiresAt: role === "demo" ? new Date(db.clock.now().getTime() + hour) : null,
    });
  const fill = async (companyId: number, count: number, values: { deleted_at: Date }) => {
    const { db } = context;
    const now = db.clock.now();
    const stamps = { created_at: now, updated_at: now };
    const row = () => ({
      email: `${uniqueWord()}@example.org`,
      password_hash: "$x$",
      role: "user" as const,
      ...stamps,
    });
    const rows = Array.from({ length: count }, () => ({ ...row(), company_id: companyId, ...values }));
    await runQuery(db, db.sql.insertInto("users").values(rows));
  };
  const countMembers = async (companyId: number) => (await listUsers(context.db, { companyId })).items.length;

  test("are taken by every user that is not deleted, suspended ones included, but not by demos", async () => {
    const { db } = context;
    const { id } = await createTestCompany(db, { max_seats: 2 });
    const first = await join(db, id);
    await join(db, id, "demo");
    await join(db, id);
    await expect(join(db, id)).rejects.toMatchObject(exhausted);
    await suspendUser(db, { id: first.id });
    await expect(join(db, id)).rejects.toMatchObject(exhausted);
    await deleteUser(db, { id: first.id });
    await join(db, id);
    await expect(restoreUser(db, { id: first.id })).rejects.toMatchObject(exhausted);
    await updateCompany(db, { id, maxSeats: 3 });
    await expect(restoreUser(db, { id: first.id })).resolves.toMatchObject({ companyId: id });
  });

  test("are checked when a user moves in, and when a demo becomes another account", async () => {
    const { db } = context;
    const { id } = await createTestCompany(db, { max_seats: 1 });
    const demo = await join(db, id, "demo");
    const outsider = await createTestUser(db);
    await moveUserToCompany(db, { id: outsider.id, companyId: id });
    await expect(changeUserRole(db, { id: demo.id, role: "user" })).rejects.toMatchObject(exhausted);
    const another = await createTestUser(db);
    await expect(moveUserToCompany(db, { id: another.id, companyId: id })).rejects.toMatchObject(exhausted);
    await moveUserToCompany(db, { id: outsider.id, companyId: null });
    await expect(changeUserRole(db, { id: demo.id, role: "user" })).resolves.toMatchObject({ role: "user" });
  });

  test("may be none", async () => {
    const { db } = context;
    const { id } = await createTestCompany(db, { max_seats: 0 });
    await expect(join(db, id)).rejects.toMatchObject(exhausted);
    await expect(join(db, id, "demo")).resolves.toMatchObject({ companyId: id });
  });

  test("of a company that does not exist or is deleted are none, for demos as well", async () => {
    const { db } = context;
    const missing = { code: "REFERENCE_VIOLATION", field: "companyId" };
    const { id } = await createTestCompany(db);
    const member = await createTestUser(db, { company_id: id });
    await deleteUser(db, { id: member.id });
    await deleteCompany(db, { id });
    await expect(join(db, id)).rejects.toMatchObject(missing);
    await expect(join(db, id, "demo")).rejects.toMatchObject(missing);
    await expect(restoreUser(db, { id: member.id })).rejects.toMatchObject(missing);
    await expect(join(db, 987_654)).rejects.toMatchObject(missing);
  });

  test("attack: are not passed by many who join, move in and come back at once, by two handles", async () => {
    const { db } = context;
    const other = await context.openAnother();
    const { id } = await createTestCompany(db, { max_seats: 3 });
    const gone = await createTestUser(db, { company_id: id, deleted_at: db.clock.now() });
    const outsiders = [await createTestUser(db), await createTestUser(db)];
    const outcomes = await Promise.allSettled([
      ...[db, other, db, other].map((handle) => join(handle, id)),
      ...outsiders.map((user, index) => moveUserToCompany(index === 0 ? db : other, { id: user.id, companyId: id })),
      restoreUser(other, { id: gone.id }),
    ]);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject(exhausted);
    }
    expect(await countMembers(id)).toBe(3);
  });

  test("attack: nobody joins a company that is deleted at the same moment", async () => {
    const { db } = context;
    const other = await context.openAnother();
    for (let round = 0; round < 5; round += 1) {
      const { id } = await createTestCompany(db);
      const outsider = await createTestUser(db);
      const outcomes = await Promise.allSettled([
        deleteCompany(db, { id }),
        moveUserToCompany(other, { id: outsider.id, companyId: id }),
      ]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    }
  });

  test("attack: are not taken away while somebody takes them", async () => {
    const { db } = context;
    const other = await context.openAnother();
    for (let round = 0; round < 5; round += 1) {
      const { id } = await createTestCompany(db, { max_seats: 1 });
      const outsider = await createTestUser(db);
      const outcomes = await Promise.allSettled([
        updateCompany(db, { id, maxSeats: 0 }),
        moveUserToCompany(other, { id: outsider.id, companyId: id }),
      ]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    }
  });

  test("attack: and 1,000 accounts beside them are all: nobody fills the table with demos or with deleted users", async () => {
    const { db } = context;
    const { id } = await createTestCompany(db, { max_seats: 1 });
    await fill(id, 1001, { deleted_at: db.clock.now() });
    const demo = await join(db, id, "demo");
    const full = { code: "QUOTA_EXCEEDED", status: 413 };
    await expect(join(db, id, "demo")).rejects.toMatchObject(full);
    await expect(join(db, id)).rejects.toMatchObject(full);
    await updateCompany(db, { id, maxSeats: 2 });
    await expect(join(db, id)).resolves.toMatchObject({ companyId: id });
    expect(await countMembers(id)).toBe(2);
    await expect(changeUserRole(db, { id: demo.id, role: "user" })).resolves.toMatchObject({ role: "user" });
  });
});
