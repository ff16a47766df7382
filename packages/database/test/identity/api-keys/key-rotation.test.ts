import { expect, test } from "vitest";
import { getAuditLogs } from "../../../src/audit/index.ts";
import {
  createApiKey,
  listUserApiKeys,
  revokeApiKey,
  rotateApiKey,
  rotateOwnApiKey,
  validateApiKey,
} from "../../../src/identity/api-keys/index.ts";
import { alterTestUser, createTestUser } from "../../support/people/accounts.ts";
import { on } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";

const ipAddress = "192.0.2.7";
const content = { name: "Nightly", permissions: ["scan:read", "metrics:*"], networks: ["192.0.2.0/24"] };

describeOnEachEngine("An API key that is rotated", (context) => {
  const hoursFromNow = (hours: number) => new Date(context.clock.now().getTime() + hours * 3_600_000);
  async function make(options: { expiresInDays?: number } = {}) {
    const user = await createTestUser(context.db);
    return { user, ...(await createApiKey(context.db, { userId: user.id, ...content, ...options })) };
  }
  const isGood = async (key: string) => (await validateApiKey(context.db, key, { ipAddress })) !== null;
  const listed = async (userId: number) => (await listUserApiKeys(context.db, userId)).items;

  test("gets a successor of the same kind and life, and ends by itself after the overlap", async () => {
    const { user, key, keyId } = await make({ expiresInDays: 30 });
    context.clock.advance({ hours: 24 * 10 });
    const made = await rotateApiKey(context.db, keyId);
    expect(made).toMatchObject({ name: "Nightly", networks: content.networks, expiresAt: hoursFromNow(24 * 30) });
    expect(made.replaces).toEqual({ keyId, expiresAt: hoursFromNow(24) });
    const successor = { id: made.keyId, ...content, expiresAt: made.expiresAt, replacedBy: null };
    const old = { id: keyId, ...content, expiresAt: hoursFromNow(24), replacedBy: made.keyId };
    expect(await listed(user.id)).toEqual([expect.objectContaining(successor), expect.objectContaining(old)]);
    context.clock.advance({ hours: 23, minutes: 59 });
    expect([await isGood(key), await isGood(made.key)]).toEqual([true, true]);
    context.clock.advance({ minutes: 1 });
    expect([await isGood(key), await isGood(made.key)]).toEqual([false, true]);
  });

  test("leaves one event and one row of the audit log, which name the new one", async () => {
    const { user, keyId } = await make();
    const made = await rotateOwnApiKey(context.db, { id: keyId }, on({ userId: user.id }));
    expect(await countEvents(context.db, user.id, "api_key_rotated")).toBe(1);
    expect(await auditedActions(context.db, "api_keys", keyId)).toEqual(["api_key_created", "api_key_rotated"]);
    const { items } = await getAuditLogs(context.db, { userId: user.id, action: "api_key_rotated" });
    expect(items).toMatchObject([{ metadataJson: { replacedBy: made.keyId } }]);
    expect(JSON.stringify(items)).not.toContain(made.key.slice(8));
  });

  test("ends at once without an overlap, and never later than it would have", async () => {
    const leaked = await make();
    await rotateApiKey(context.db, leaked.keyId, { overlapHours: 0 });
    expect(await isGood(leaked.key)).toBe(false);
    const ending = await make({ expiresInDays: 1 });
    context.clock.advance({ hours: 23 });
    const { replaces } = await rotateApiKey(context.db, ending.keyId, { overlapHours: 168 });
    expect(replaces.expiresAt).toEqual(ending.expiresAt);
  });

  test("again, before its successor was used, gets another: the unused one is revoked, the overlap counts anew", async () => {
    const { key, keyId, expiresAt } = await make({ expiresInDays: 3 });
    const lost = await rotateApiKey(context.db, keyId, { overlapHours: 1 });
    const made = await rotateApiKey(context.db, keyId, { overlapHours: 48 });
    expect(made.replaces.expiresAt).toEqual(hoursFromNow(48));
    expect(made.expiresAt).toEqual(hoursFromNow(72));
    expect([await isGood(key), await isGood(lost.key)]).toEqual([true, false]);
    context.clock.advance({ hours: 40 });
    const last = await rotateApiKey(context.db, keyId, { overlapHours: 168 });
    expect(last.replaces.expiresAt).toEqual(expiresAt);
  });

  test("again, when its successor is in use, is refused until that is revoked; that one can be rotated", async () => {
    const { key, keyId } = await make();
    const second = await rotateApiKey(context.db, keyId);
    await isGood(second.key);
    const third = await rotateApiKey(context.db, second.keyId);
    expect([await isGood(key), await isGood(second.key), await isGood(third.key)]).toEqual([true, true, true]);
    const again = rotateApiKey(context.db, keyId);
    const message = expect.stringContaining(`Key ${third.keyId} `);
    await expect(again).rejects.toMatchObject({ code: "CONFLICT", message });
    expect(await isGood(third.key)).toBe(true);
    await revokeApiKey(context.db, third.keyId);
    expect(await isGood((await rotateApiKey(context.db, keyId)).key)).toBe(true);
  });

  test("by many at once ends with one successor that is good", async () => {
    const { user, keyId } = await make();
    const made = await Promise.all([1, 2, 3].map(() => rotateApiKey(context.db, keyId)));
    const good = await Promise.all(made.map(({ key }) => isGood(key)));
    expect(good.filter(Boolean)).toHaveLength(1);
    expect((await listed(user.id)).map(({ replacedBy }) => replacedBy)).toEqual([
      null,
      made[good.indexOf(true)]?.keyId,
    ]);
  });

  test("lives as long as the installation allows by now", async () => {
    const { keyId } = await make({ expiresInDays: 365 });
    const strict = await context.openAnother({ accountPolicy: { longestKeyDays: 30 } });
    expect((await rotateApiKey(strict, keyId)).expiresAt).toEqual(hoursFromNow(24 * 30));
    const lax = await context.openAnother({ accountPolicy: { keysWithoutEnd: true } });
    const { id: userId } = await createTestUser(context.db);
    const endless = await createApiKey(lax, { userId, name: "For ever", expiresInDays: null });
    const { expiresAt, keyId: next, replaces } = await rotateApiKey(lax, endless.keyId);
    expect([expiresAt, replaces.expiresAt]).toEqual([null, hoursFromNow(24)]);
    expect((await rotateApiKey(context.db, next)).expiresAt).toEqual(hoursFromNow(24 * 90));
  });

  test("attack: is rotated by its owner alone, and only while it and they are good", async () => {
    const { user, keyId, key } = await make({ expiresInDays: 1 });
    const stranger = await createTestUser(context.db);
    const byStranger = rotateOwnApiKey(context.db, { id: keyId }, on({ userId: stranger.id }));
    await expect(byStranger).rejects.toMatchObject({ code: "NOT_FOUND" });
    await alterTestUser(context.db, user.id, { status: "suspended" });
    await expect(rotateApiKey(context.db, keyId)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await alterTestUser(context.db, user.id, { status: "active" });
    expect(await isGood(key)).toBe(true);
    context.clock.advance({ hours: 24 });
    await expect(rotateApiKey(context.db, keyId)).rejects.toMatchObject({ code: "CONFLICT" });
    await revokeApiKey(context.db, keyId);
    await expect(rotateApiKey(context.db, keyId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await listed(user.id)).toEqual([]);
  });

  test.each([
    ["keyId", 0, {}],
    ["overlapHours", 1, { overlapHours: -1 }],
    ["overlapHours", 1, { overlapHours: 169 }],
    ["overlapHours", 1, { overlapHours: 0.5 }],
    ["userId", 1, { userId: 0 }],
  ])("is refused with a fault in %s", async (field, keyId, options) => {
    const rotating = rotateApiKey(context.db, keyId, options);
    await expect(rotating).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });
});
