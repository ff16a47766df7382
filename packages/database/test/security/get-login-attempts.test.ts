import { expect, test } from "vitest";
import { getFailedLoginsByIp, getLoginAttempts, logLoginAttempt } from "../../src/security/index.ts";
import { describeOnEachEngine, type TestContext } from "../support/engines.ts";
import { combinationsOf, fullScanOf, plansOf } from "../support/plans.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";

async function attempt(context: TestContext, email: string, success: boolean, ipAddress: string, userId?: number) {
  const { id } = await logLoginAttempt(context.db, { email, success, ipAddress, userId, failureReason: "because" });
  return id;
}

describeOnEachEngine("getLoginAttempts", (context) => {
  test("filters by each field, newest first", async () => {
    const companyId = (await createTestCompany(context.db)).id;
    const userId = (await createTestUser(context.db, { company_id: companyId })).id;
    const failed = await attempt(context, "list@example.org", false, "192.0.2.1", userId);
    const worked = await attempt(context, "list@example.org", true, "192.0.2.2", userId);
    const other = await attempt(context, "other@example.org", false, "192.0.2.1");
    const idsOf = async (filter: Parameters<typeof getLoginAttempts>[1]) =>
      (await getLoginAttempts(context.db, filter)).items.map(({ id }) => id);
    expect(await idsOf({})).toEqual([other, worked, failed]);
    expect(await idsOf({ email: "LIST@example.org" })).toEqual([worked, failed]);
    expect(await idsOf({ email: "list@example.org", success: false })).toEqual([failed]);
    expect(await idsOf({ ipAddress: "::ffff:192.0.2.1" })).toEqual([other, failed]);
    expect(await idsOf({ userId })).toEqual([worked, failed]);
    expect(await idsOf({ companyId })).toEqual([worked, failed]);
    expect(await idsOf({ until: context.clock.now() })).toEqual([]);
    context.clock.advance({ hours: 25 });
    expect(await idsOf({})).toEqual([]);
    expect(await idsOf({ hours: 25 })).toHaveLength(3);
  });

  test("lists the failures from an IP address, page by page", async () => {
    const address = "203.0.113.9";
    const ids: number[] = [];
    for (let index = 0; index < 5; index += 1) ids.unshift(await attempt(context, "ip@example.org", false, address));
    await attempt(context, "ip@example.org", true, address);
    const first = await getFailedLoginsByIp(context.db, address, { limit: 3 });
    const second = await getFailedLoginsByIp(context.db, address, { limit: 3, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]).toEqual({
      id: ids[0],
      companyId: null,
      network: "203.0.113.9",
      provedBy: null,
      factors: null,
      forgottenAt: null,
      email: "ip@example.org",
      userId: null,
      ipAddress: address,
      userAgent: null,
      success: false,
      failureReason: "because",
      attemptedAt: context.clock.now(),
    });
  });

  test("attack: an address that is none is refused, and so is another filter beside it", async () => {
    const injection = "192.0.2.1' OR '1'='1";
    await expect(getFailedLoginsByIp(context.db, injection)).rejects.toMatchObject({ field: "ipAddress" });
    const options = { limit: 1, success: true };
    await expect(getFailedLoginsByIp(context.db, "192.0.2.1", options)).rejects.toMatchObject({ field: "success" });
    expect(await getLoginAttempts(context.db, { email: "' OR 1=1 --" })).toEqual({ items: [], nextCursor: null });
  });

  test("finds every combination of filters by an index", async () => {
    const filters = combinationsOf({
      email: "a@example.org",
      userId: 1,
      ipAddress: "192.0.2.1",
      success: false,
      companyId: 1,
      until: context.clock.now(),
    });
    for (const filter of filters) {
      const [plan] = await plansOf(context.db, (db) => getLoginAttempts(db, filter));
      expect(plan, JSON.stringify(filter)).toMatch(/login_attempts_\w+_index/);
      expect(plan, JSON.stringify(filter)).not.toMatch(fullScanOf("login_attempts"));
    }
  });
});
