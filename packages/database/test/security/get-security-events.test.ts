import { expect, test } from "vitest";
import { ValidationError } from "../../src/errors/index.ts";
import { getSecurityEvents, logSecurityEvent, type SecurityEventEntry } from "../../src/security/index.ts";
import { describeOnEachEngine, type TestContext } from "../support/engines.ts";
import { combinationsOf, fullScanOf, plansOf } from "../support/plans.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";

function log(context: TestContext, event: Partial<SecurityEventEntry> = {}) {
  return logSecurityEvent(context.db, { eventType: "test", severity: "info", description: "Something", ...event });
}

async function idsOf(context: TestContext, filter: Parameters<typeof getSecurityEvents>[1]): Promise<number[]> {
  const { items } = await getSecurityEvents(context.db, filter);
  return items.map(({ id }) => id);
}

describeOnEachEngine("getSecurityEvents", (context) => {
  test("returns whole events, with their document", async () => {
    const userId = (await createTestUser(context.db)).id;
    const event = {
      eventType: "whole_event",
      severity: "critical",
      description: "Two\nlines",
      userId,
      email: "whole@example.org",
      ipAddress: "2001:db8::7",
      userAgent: "Browser/1.0",
      location: "Somewhere",
      metadata: { list: [0, "", null, false], nested: { "": {} } },
    } as const;
    const { id } = await log(context, event);
    const { metadata, ...columns } = event;
    expect(await getSecurityEvents(context.db, { eventType: "whole_event" })).toEqual({
      items: [
        {
          id,
          ...columns,
          metadataJson: metadata,
          acknowledged: false,
          acknowledgedBy: null,
          acknowledgedAt: null,
          companyId: null,
          createdAt: context.clock.now(),
        },
      ],
      nextCursor: null,
    });
  });

  test("filters by each field, and by several at once", async () => {
    const companyId = (await createTestCompany(context.db)).id;
    const userId = (await createTestUser(context.db, { company_id: companyId })).id;
    const stranger = (await createTestUser(context.db)).id;
    const eventType = "filtered";
    const high = await log(context, { eventType, severity: "high", userId });
    const low = await log(context, { eventType, severity: "low", userId });
    const foreign = await log(context, { eventType, severity: "high", userId: stranger });
    const nobody = await log(context, { eventType, severity: "low" });
    expect(await idsOf(context, { eventType })).toEqual([nobody.id, foreign.id, low.id, high.id]);
    expect(await idsOf(context, { userId })).toEqual([low.id, high.id]);
    expect(await idsOf(context, { eventType, severity: "high" })).toEqual([foreign.id, high.id]);
    expect(await idsOf(context, { eventType, severity: "high", userId })).toEqual([high.id]);
    expect(await idsOf(context, { companyId })).toEqual([low.id, high.id]);
    expect(await idsOf(context, { companyId, userId: stranger })).toEqual([]);
    expect(await idsOf(context, { userId, acknowledged: true })).toEqual([]);
    expect(await idsOf(context, { userId, acknowledged: false })).toHaveLength(2);
  });

  test("covers the last 24 hours, or the time that is asked for", async () => {
    const eventType = "aged";
    const start = context.clock.now();
    const old = await log(context, { eventType });
    context.clock.advance({ hours: 24, milliseconds: 1 });
    const recent = await log(context, { eventType });
    expect(await idsOf(context, { eventType })).toEqual([recent.id]);
    expect(await idsOf(context, { eventType, hours: 25 })).toEqual([recent.id, old.id]);
    expect(await idsOf(context, { eventType, since: start })).toEqual([recent.id, old.id]);
    expect(await idsOf(context, { eventType, until: context.clock.now() })).toEqual([]);
    expect(await idsOf(context, { eventType, hours: 25, until: context.clock.now() })).toEqual([old.id]);
  });

  test("goes on page by page, each event once, though all have the same time", async () => {
    const eventType = "paged";
    const ids: number[] = [];
    for (let index = 0; index < 7; index += 1) ids.unshift((await log(context, { eventType })).id);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await getSecurityEvents(context.db, { eventType, limit: 3, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(ids);
  });

  test.each([
    [{ limit: -1 }, "limit"],
    [{ limit: 1001 }, "limit"],
    [{ hours: 0 }, "hours"],
    [{ hours: 1, since: new Date(0) }, "hours"],
    [{ since: new Date(Number.NaN) }, "since"],
    [{ userId: 0 }, "userId"],
    [{ companyId: 0 }, "companyId"],
    [{ cursor: "not a cursor" }, "cursor"],
    [{ cursor: Buffer.from('["x", 1]').toString("base64url") }, "cursor"],
    [{ limit: 1, severities: "high" }, "severities"],
  ])("refuses %j", async (filter, field) => {
    await expect(getSecurityEvents(context.db, filter)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });

  test("attack: SQL in a filter is refused, and nothing of it runs", async () => {
    const injection = "high' OR 1=1; DROP TABLE security_events; --";
    for (const name of ["severity", "eventType", "cursor", "userId", "companyId", "acknowledged"]) {
      const filter = { [name]: injection };
      await expect(getSecurityEvents(context.db, filter)).rejects.toBeInstanceOf(ValidationError);
    }
    const { id } = await log(context, { eventType: "still_there", description: injection, location: injection });
    expect(await idsOf(context, { eventType: "still_there" })).toEqual([id]);
  });

  test("finds every combination of filters by an index", async () => {
    const now = context.clock.now();
    const cursor = Buffer.from(JSON.stringify([now.getTime(), 5])).toString("base64url");
    const filters = combinationsOf({
      userId: 1,
      eventType: "login_failed",
      severity: "high",
      acknowledged: false,
      companyId: 1,
      until: now,
      cursor,
    } as const);
    for (const filter of filters) {
      const [plan] = await plansOf(context.db, (db) => getSecurityEvents(db, filter));
      expect(plan, JSON.stringify(filter)).toMatch(/security_events_\w+_index/);
      expect(plan, JSON.stringify(filter)).not.toMatch(fullScanOf("security_events"));
      expect(plan, JSON.stringify(filter)).not.toMatch(fullScanOf("users"));
    }
  });

  test("needs no sorting for a user's events, of any or of one severity", async () => {
    for (const filter of [{ userId: 1 }, { userId: 1, severity: "high" }, { severity: "high" }, {}] as const) {
      const [plan] = await plansOf(context.db, (db) => getSecurityEvents(db, filter));
      expect(plan).not.toMatch(/ORDER BY|Sort/);
    }
  });
});
