import { expect, test } from "vitest";
import { transaction } from "../../src/database/transaction.ts";
import {
  getSecurityEvents,
  logSecurityEvent,
  type SecurityEventEntry,
  securityEventTypes,
  severities,
} from "../../src/security/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const event: SecurityEventEntry = { eventType: "logged", severity: "info", description: "Something" };

describeOnEachEngine("logSecurityEvent", (context) => {
  test("takes every type of its own and every severity", async () => {
    for (const eventType of Object.keys(securityEventTypes))
      await logSecurityEvent(context.db, { ...event, eventType });
    for (const severity of severities) await logSecurityEvent(context.db, { ...event, severity });
    const { items } = await getSecurityEvents(context.db);
    expect(items).toHaveLength(Object.keys(securityEventTypes).length + severities.length);
  });

  test("keeps an empty document apart from none", async () => {
    for (const metadata of [{}, [], "", 0, false]) {
      const { id } = await logSecurityEvent(context.db, { ...event, metadata });
      const { items } = await getSecurityEvents(context.db, { eventType: "logged", limit: 1 });
      expect(items).toMatchObject([{ id, metadataJson: metadata }]);
    }
    await logSecurityEvent(context.db, event);
    const { items } = await getSecurityEvents(context.db, { eventType: "logged", limit: 1 });
    expect(items).toMatchObject([{ metadataJson: null }]);
  });

  test("goes with the transaction that it is logged in", async () => {
    const outcome = transaction(context.db, async (tx) => {
      await logSecurityEvent(tx, { ...event, eventType: "rolled_back" });
      throw new Error("later failure");
    });
    await expect(outcome).rejects.toThrow("later failure");
    expect(await getSecurityEvents(context.db, { eventType: "rolled_back" })).toEqual({ items: [], nextCursor: null });
  });

  test.each([
    [{ severity: "banana" }, "severity"],
    [{ severity: "HIGH" }, "severity"],
    [{ eventType: "" }, "eventType"],
    [{ eventType: "Login_Failed" }, "eventType"],
    [{ eventType: "x".repeat(51) }, "eventType"],
    [{ eventType: "login\n" }, "eventType"],
    [{ description: "" }, "description"],
    [{ description: "x".repeat(4001) }, "description"],
    [{ description: "clear\u001b[2J" }, "description"],
    [{ userId: 0 }, "userId"],
    [{ ipAddress: "192.0.2.1\n" }, "ipAddress"],
    [{ metadata: { at: Number.NaN } }, "metadata.at"],
    [{ metadata: { text: "x".repeat(65_536) } }, "metadata"],
    [{ acknowledged: true }, "acknowledged"],
    [{ createdAt: new Date(0) }, "createdAt"],
  ])("refuses %o and names the field", async (change, field) => {
    const outcome = logSecurityEvent(context.db, { ...event, ...change } as SecurityEventEntry);
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });

  test("says that a user does not exist", async () => {
    const outcome = logSecurityEvent(context.db, { ...event, userId: 999_999 });
    await expect(outcome).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
  });

  test("attack: SQL in any text is stored as text", async () => {
    const injection = `'); DROP TABLE security_events; --`;
    const { id } = await logSecurityEvent(context.db, {
      eventType: "injected",
      severity: "info",
      description: injection,
      email: injection,
      userAgent: injection,
      location: injection,
      metadata: { [injection]: injection },
    });
    expect((await getSecurityEvents(context.db, { eventType: "injected" })).items).toMatchObject([
      { id, description: injection, email: injection, userAgent: injection, location: injection },
    ]);
  });
});
