import { expect, test } from "vitest";
import {
  acknowledgeSecurityEvent,
  amendSecurityEvent,
  getSecurityEvents,
  logSecurityEvent,
} from "../../src/security/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";

describeOnEachEngine("amendSecurityEvent", (context) => {
  const event = { eventType: "counted", severity: "info", description: "Once", metadata: { count: 1 } } as const;
  const twice = { ...event, severity: "low", description: "Twice", metadata: { count: 2 } } as const;
  const listed = async () => (await getSecurityEvents(context.db, { eventType: "counted", limit: 1 })).items;

  test("changes what an event tells, and nothing else", async () => {
    const logged = await logSecurityEvent(context.db, { ...event, ipAddress: "192.0.2.7" });
    context.clock.advance({ minutes: 1 });
    expect(await amendSecurityEvent(context.db, { ...twice, ...logged })).toBe(true);
    const now = { severity: "low", description: "Twice", metadataJson: { count: 2 } };
    expect(await listed()).toMatchObject([{ ...logged, ...now, ipAddress: "192.0.2.7", acknowledged: false }]);
  });

  test("leaves alone what somebody has acknowledged, what is gone, and another event in its place", async () => {
    const logged = await logSecurityEvent(context.db, event);
    const { createdAt } = logged;
    expect(await amendSecurityEvent(context.db, { ...twice, id: logged.id + 1000, createdAt })).toBe(false);
    const later = new Date(createdAt.getTime() + 1);
    expect(await amendSecurityEvent(context.db, { ...twice, ...logged, createdAt: later })).toBe(false);
    expect(await amendSecurityEvent(context.db, { ...twice, ...logged, eventType: "other" })).toBe(false);
    await acknowledgeSecurityEvent(context.db, { id: logged.id });
    expect(await amendSecurityEvent(context.db, { ...twice, ...logged })).toBe(false);
    expect(await listed()).toMatchObject([{ id: logged.id, description: "Once" }]);
  });

  test("refuses what no event could tell", async () => {
    const logged = await logSecurityEvent(context.db, event);
    await expect(amendSecurityEvent(context.db, { ...twice, ...logged, description: "" })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    });
  });
});
