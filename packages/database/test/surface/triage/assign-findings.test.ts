import { beforeAll, expect, test } from "vitest";
import { systemCaller, systemCallerFor } from "../../../src/access/caller.ts";
import { requireWithin } from "../../../src/access/require-within.ts";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { changeUserRole, deleteUser, moveUserToCompany, restoreUser } from "../../../src/identity/index.ts";
import { findings } from "../../../src/schema/surface/findings.ts";
import { assignFindings } from "../../../src/surface/index.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, ofRole, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeFinding } from "../../support/surface/findings.ts";

const notFound = { code: "NOT_FOUND" };

async function assigneesOf(db: Handle, companyId: number): Promise<(number | null)[]> {
  const query = db.sql.selectFrom("findings").select("assigned_to_user_id").where("company_id", "=", companyId);
  return (await fetchAll(db, query.orderBy("id"))).map(({ assignedToUserId }) => assignedToUserId);
}

async function assignmentsOf(db: Handle, findingId: number): Promise<unknown[]> {
  const query = db.sql.selectFrom("finding_history").select(["kind", "changes"]);
  const rows = await fetchAll(db, query.where("finding_id", "=", findingId).orderBy("id"));
  return rows.map(({ kind, changes }) => [kind, changes]);
}

describeOnEachEngine("Assigning findings", (context) => {
  let elsewhere = 0;
  let outsider = 0;
  let theirs = 0;
  beforeAll(async () => {
    const { db } = context;
    elsewhere = (await createTestCompany(db)).id;
    outsider = (await createTestUser(db, { company_id: elsewhere })).id;
    theirs = (await makeFinding(db, { companyId: elsewhere })).id;
  });

  async function makeScene() {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id: userId } = await createTestUser(db, { company_id: companyId });
    const ids = [(await makeFinding(db, { companyId })).id, (await makeFinding(db, { companyId })).id] as const;
    return { db, companyId, userId, ids };
  }

  test("is told in history and audit log, once for each that changes", async () => {
    const { db, companyId, userId, ids } = await makeScene();
    const caller = inCompany(companyId);
    expect(await assignFindings(db, { ids: [ids[0], ids[0]], userId }, caller)).toEqual({ changed: 1, unchanged: 0 });
    expect(await assignFindings(db, { ids: [...ids], userId }, caller)).toEqual({ changed: 1, unchanged: 1 });
    expect(await assignFindings(db, { ids: [...ids], userId }, caller)).toEqual({ changed: 0, unchanged: 2 });
    expect(await assigneesOf(db, companyId)).toEqual([userId, userId]);
    await expectTrueCounts(db, companyId);
    await assignFindings(db, { ids: [ids[0]], userId: null }, caller);
    expect(await assignmentsOf(db, ids[0])).toEqual([
      ["assigned", { assignedToUserId: { old: null, new: userId } }],
      ["assigned", { assignedToUserId: { old: userId, new: null } }],
    ]);
    const audited = db.sql.selectFrom("audit_logs").select(["action", "metadata_json"]);
    const rows = await fetchAll(db, audited.where("company_id", "=", companyId).orderBy("id"));
    expect(rows).toMatchObject([
      { action: "findings_assigned", metadataJson: { userId, findings: [ids[0]] } },
      { action: "findings_assigned", metadataJson: { userId, findings: [ids[1]] } },
      { action: "findings_assigned", metadataJson: { userId: null, findings: [ids[0]] } },
    ]);
  });

  test("attack: neither another company's findings, nor a user of one, and nothing is assigned", async () => {
    const { db, companyId, userId, ids } = await makeScene();
    const caller = inCompany(companyId);
    await expect(assignFindings(db, { ids: [...ids, theirs], userId }, caller)).rejects.toMatchObject(notFound);
    await expect(assignFindings(db, { ids: [theirs], userId: null }, caller)).rejects.toMatchObject(notFound);
    await expect(assignFindings(db, { ids: [...ids], userId: outsider }, caller)).rejects.toMatchObject(notFound);
    // Whoever reaches both gives the findings of one company to nobody of the other, and changes those of one at a time.
    await expect(assignFindings(db, { ids: [...ids], userId: outsider })).rejects.toMatchObject(notFound);
    await expect(assignFindings(db, { ids: [...ids, theirs], userId: null })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      field: "ids",
    });
    await deleteUser(db, { id: userId });
    await expect(assignFindings(db, { ids: [...ids], userId }, caller)).rejects.toMatchObject(notFound);
    expect(await assigneesOf(db, companyId)).toEqual([null, null]);
  });

  test("at most 500 at a time", async () => {
    const ids = Array.from({ length: 501 }, (_, index) => index + 1);
    const refused = { code: "INVALID_INPUT", field: "ids" };
    await expect(assignFindings(context.db, { ids, userId: null })).rejects.toMatchObject(refused);
    await expect(assignFindings(context.db, { ids: [], userId: null })).rejects.toMatchObject(refused);
    const most = assignFindings(context.db, { ids: ids.slice(1), userId: null }, inCompany(elsewhere));
    await expect(most).rejects.toMatchObject(notFound);
  });

  test("whoever reaches every company's findings takes on those of any, until they do not", async () => {
    const { db, companyId, ids } = await makeScene();
    const { id: userId } = await createTestUser(db, { role: "super_admin" });
    await createTestUser(db, { role: "super_admin" });
    await assignFindings(db, { ids: [...ids], userId }, ofRole("super_admin"));
    await changeUserRole(db, { id: userId, role: "admin" });
    expect(await assigneesOf(db, companyId)).toEqual([userId, userId]);
    await changeUserRole(db, { id: userId, role: "analyst" });
    expect(await assigneesOf(db, companyId)).toEqual([null, null]);
  });

  test("attack: who moves to another company sees no finding of the former one by its assignment", async () => {
    const { db, companyId, userId, ids } = await makeScene();
    const { id: adminId } = await createTestUser(db, { role: "super_admin" });
    await assignFindings(db, { ids: [...ids], userId });
    await expect(requireWithin(db, findings, ids[0], onlyOwn(userId))).resolves.toBeDefined();
    await moveUserToCompany(db, { id: userId, companyId: elsewhere }, systemCallerFor({ userId: adminId }));
    await expect(requireWithin(db, findings, ids[0], onlyOwn(userId))).rejects.toMatchObject(notFound);
    expect(await assigneesOf(db, companyId)).toEqual([null, null]);
    expect((await assignmentsOf(db, ids[1])).at(-1)).toEqual([
      "assigned",
      { assignedToUserId: { old: userId, new: null } },
    ]);
    await expectTrueCounts(db, companyId);
  });

  test("who is deleted has none, also once restored; who keeps the company keeps them", async () => {
    const { db, companyId, userId, ids } = await makeScene();
    await assignFindings(db, { ids: [...ids], userId });
    await changeUserRole(db, { id: userId, role: "analyst" });
    expect(await assigneesOf(db, companyId)).toEqual([userId, userId]);
    await deleteUser(db, { id: userId }, inCompany(companyId));
    await restoreUser(db, { id: userId });
    expect(await assigneesOf(db, companyId)).toEqual([null, null]);
  });

  test("a move and an assignment at once leave nothing assigned out of reach", async () => {
    const { db, companyId, userId, ids } = await makeScene();
    for (let round = 0; round < 5; round += 1) {
      const outcomes = await Promise.allSettled([
        assignFindings(db, { ids: [...ids], userId }, systemCaller),
        moveUserToCompany(db, { id: userId, companyId: elsewhere }),
        assignFindings(db, { ids: [...ids], userId }, systemCaller),
      ]);
      expect(outcomes[1].status).toBe("fulfilled");
      expect(await assigneesOf(db, companyId)).toEqual([null, null]);
      await moveUserToCompany(db, { id: userId, companyId });
    }
    await expectTrueCounts(db, companyId);
  });
});
