import { expect, test } from "vitest";
import { statement } from "../../src/database/statement.ts";
import { NotFoundError, ValidationError } from "../../src/errors/index.ts";
import { acknowledgeSecurityEvent, getSecurityEvents, logSecurityEvent } from "../../src/security/index.ts";
import { inCompany, on } from "../support/people/callers.ts";
import { describeOnEachEngine, type TestContext } from "../support/engines.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";

const auditOf = statement((sql, { eventId }: { eventId: number }) =>
  sql
    .selectFrom("audit_logs")
    .select(["action", "user_id"])
    .where("resource_type", "=", "security_events")
    .where("resource_id", "=", eventId),
);

async function logEvent(context: TestContext, userId?: number): Promise<number> {
  const event = { eventType: "test", severity: "high", description: "Something", userId } as const;
  return (await logSecurityEvent(context.db, event)).id;
}

describeOnEachEngine("acknowledgeSecurityEvent", (context) => {
  test("says who saw the event and when, and writes an audit row", async () => {
    const actorId = (await createTestUser(context.db)).id;
    const id = await logEvent(context);
    const acknowledged = { id, acknowledged: true, acknowledgedBy: actorId, acknowledgedAt: context.clock.now() };
    const actor = { userId: actorId };
    expect(await acknowledgeSecurityEvent(context.db, { id }, on(actor))).toMatchObject(acknowledged);
    const { items } = await getSecurityEvents(context.db, { acknowledged: true });
    expect(items).toMatchObject([acknowledged]);
    expect(await auditOf.all(context.db, { eventId: id })).toEqual([
      { action: "security_event_acknowledged", userId: actorId },
    ]);
  });

  test("keeps the first acknowledgement, also when many come at once", async () => {
    const [first, second] = [(await createTestUser(context.db)).id, (await createTestUser(context.db)).id];
    const id = await logEvent(context);
    const before = context.clock.now();
    await acknowledgeSecurityEvent(context.db, { id }, on({ userId: first }));
    context.clock.advance({ hours: 1 });
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => acknowledgeSecurityEvent(context.db, { id }, on({ userId: second }))),
    );
    for (const event of outcomes) expect(event).toMatchObject({ acknowledgedBy: first, acknowledgedAt: before });
    const raced = await logEvent(context);
    await Promise.all(Array.from({ length: 10 }, () => acknowledgeSecurityEvent(context.db, { id: raced })));
    expect(await auditOf.all(context.db, { eventId: raced })).toHaveLength(1);
  });

  test("attack: a company cannot touch the events of another, nor those of nobody", async () => {
    const mine = (await createTestCompany(context.db)).id;
    const theirs = (await createTestCompany(context.db)).id;
    const insider = (await createTestUser(context.db, { company_id: mine })).id;
    const outsider = (await createTestUser(context.db, { company_id: theirs })).id;
    const foreign = await logEvent(context, outsider);
    for (const id of [foreign, await logEvent(context)]) {
      const outcome = acknowledgeSecurityEvent(context.db, { id }, inCompany(mine, { userId: insider }));
      await expect(outcome).rejects.toBeInstanceOf(NotFoundError);
      expect(await auditOf.all(context.db, { eventId: id })).toEqual([]);
    }
    const { items } = await getSecurityEvents(context.db, { userId: outsider });
    expect(items).toMatchObject([{ acknowledged: false }]);
    const own = await logEvent(context, insider);
    expect(await acknowledgeSecurityEvent(context.db, { id: own }, inCompany(mine))).toMatchObject({
      acknowledged: true,
    });
  });

  test("refuses an event that does not exist, 0, and fields that it does not know", async () => {
    await expect(acknowledgeSecurityEvent(context.db, { id: 999_999 })).rejects.toBeInstanceOf(NotFoundError);
    await expect(acknowledgeSecurityEvent(context.db, { id: 0 })).rejects.toBeInstanceOf(ValidationError);
    const input = { id: 1, acknowledged: false };
    await expect(acknowledgeSecurityEvent(context.db, input)).rejects.toMatchObject({ field: "acknowledged" });
  });
});
