import { expect, test } from "vitest";
import { getAuditLogs } from "../../src/audit/get-audit-logs.ts";
import { logAudit } from "../../src/operation/log-audit.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { hostileStrings } from "../support/hostile.ts";

describeOnEachEngine("The audit log", (context) => {
  test("gives back what was logged, newest first", async () => {
    const { db, clock } = context;
    const { id: userId } = await createTestUser(db);
    const action = uniqueWord();
    const { id } = await logAudit(db, {
      action,
      resourceType: "users",
      resourceId: 0,
      description: "Line one.\nLine two.",
      metadata: [0, "", null, { a: [] }],
      success: false,
      errorMessage: "",
      actor: { userId, ipAddress: "2001:DB8::1", userAgent: "test" },
    });
    const second = await logAudit(db, { action });
    const { items } = await getAuditLogs(db, { action });
    expect(items.map((item) => item.id)).toEqual([second.id, id]);
    expect(items[1]).toEqual({
      id,
      companyId: null,
      userId,
      action,
      resourceType: "users",
      resourceId: 0,
      description: "Line one.\nLine two.",
      metadataJson: [0, "", null, { a: [] }],
      ipAddress: "2001:db8::1",
      userAgent: "test",
      success: false,
      errorMessage: "",
      createdAt: clock.now(),
    });
    expect(items[0]).toMatchObject({ userId: null, metadataJson: null, success: true });
  });

  test("is filtered by each of its fields, and all filters have to hold", async () => {
    const { db, clock } = context;
    const action = uniqueWord();
    const company = await createTestCompany(db);
    const member = await createTestUser(db, { company_id: company.id });
    const outsider = await createTestUser(db);
    const start = clock.now();
    const log = async (userId: number | null, resourceId: number) => {
      clock.advance({ seconds: 1 });
      return (await logAudit(db, { action, resourceType: "scans", resourceId, actor: { userId } })).id;
    };
    const byMember = await log(member.id, 1);
    const byOutsider = await log(outsider.id, 1);
    const bySystem = await log(null, 2);
    const ids = async (query: Parameters<typeof getAuditLogs>[1]) =>
      (await getAuditLogs(db, { action, ...query })).items.map(({ id }) => id);
    const second = (count: number) => new Date(start.getTime() + count * 1000);
    expect(await ids({})).toEqual([bySystem, byOutsider, byMember]);
    expect(await ids({ userId: member.id })).toEqual([byMember]);
    expect(await ids({ companyId: company.id })).toEqual([byMember]);
    expect(await ids({ resourceType: "scans", resourceId: 1 })).toEqual([byOutsider, byMember]);
    expect(await ids({ resourceType: "users" })).toEqual([]);
    expect(await ids({ since: second(2) })).toEqual([bySystem, byOutsider]);
    expect(await ids({ until: second(2) })).toEqual([byMember]);
    expect(await ids({ companyId: company.id, userId: outsider.id })).toEqual([]);
    const first = await getAuditLogs(db, { action, limit: 2 });
    expect(await ids({ limit: 2, cursor: first.nextCursor ?? "" })).toEqual([byMember]);
  });

  test.each(hostileStrings)("attack: the filter %j is data", async (text) => {
    const { db } = context;
    const marked = `${uniqueWord()}${text}`.slice(0, 50);
    const { id } = await logAudit(db, { action: marked, resourceType: marked });
    expect((await getAuditLogs(db, { action: marked, resourceType: marked })).items.map((item) => item.id)).toEqual([
      id,
    ]);
    expect((await getAuditLogs(db, { action: text })).items).toEqual([]);
  });

  test.each([
    ["userId", { userId: 0 }],
    ["companyId", { companyId: 0 }],
    ["resourceId", { resourceId: -1 }],
    ["limit", { limit: -1 }],
    ["cursor", { cursor: "x" }],
    ["since", { since: new Date(Number.NaN) }],
    ["orderBy", { orderBy: "id" }],
  ])("attack: a bad %s is refused, and never means everything", async (field, query: object) => {
    await expect(getAuditLogs(context.db, query)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });
});
