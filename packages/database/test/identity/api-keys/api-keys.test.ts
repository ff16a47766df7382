import { expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchFirst, runQuery } from "../../../src/database/statement.ts";
import { createApiKey, listUserApiKeys, revokeApiKey, validateApiKey } from "../../../src/identity/api-keys/index.ts";
import { alterTestUser, createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";

describeOnEachEngine("API keys", (context) => {
  async function make(options: { permissions?: string[]; expiresInDays?: number } = {}) {
    const company = await createTestCompany(context.db);
    const user = await createTestUser(context.db, { role: "analyst", company_id: company.id });
    const key = await createApiKey(context.db, { userId: user.id, name: "Nightly scan", ...options });
    return { company, user, key };
  }
  function readKey(id: number) {
    const query = context.db.sql
      .selectFrom("api_keys")
      .select(["key_hash", "usage_count", "last_used_at", "last_used_ip", "permissions", "revoked_at"])
      .where("id", "=", id);
    return fetchFirst(context.db, query);
  }

  test("are nrv_ and 43 characters, shown once; the digest is stored, the event and the audit row are written", async () => {
    const { user, key } = await make({ expiresInDays: 30 });
    expect(key.key).toMatch(/^nrv_[A-Za-z0-9_-]{43}$/);
    expect(key.keyPrefix).toBe(key.key.slice(0, 8));
    expect(key.expiresAt?.getTime()).toBe(context.clock.now().getTime() + 30 * 86_400_000);
    expect((await readKey(key.keyId))?.keyHash).toMatch(/^[0-9a-f]{64}$/);
    expect(await countEvents(context.db, user.id, "api_key_created")).toBe(1);
    expect(await auditedActions(context.db, "api_keys", key.keyId)).toEqual(["api_key_created"]);
  });

  test("validate to their user and permissions, and record the use", async () => {
    const { company, user, key } = await make({ permissions: ["scan:read", "metrics:*"] });
    expect(await validateApiKey(context.db, key.key, { ipAddress: "2001:DB8::0:1" })).toEqual({
      keyId: key.keyId,
      userId: user.id,
      name: "Nightly scan",
      expiresAt: key.expiresAt,
      permissions: ["scan:read", "metrics:*"],
      networks: [],
      user: { id: user.id, email: user.email, role: "analyst", companyId: company.id },
    });
    await validateApiKey(context.db, key.key);
    expect(await readKey(key.keyId)).toMatchObject({
      usageCount: 2,
      lastUsedAt: context.clock.now(),
      lastUsedIp: "2001:db8::1",
    });
  });

  test("count every one of 100 uses at once", async () => {
    const { key } = await make();
    const uses = await Promise.all(Array.from({ length: 100 }, () => validateApiKey(context.db, key.key)));
    expect(uses.every((use) => use !== null)).toBe(true);
    expect((await readKey(key.keyId))?.usageCount).toBe(100);
  });

  test("keep an empty list of permissions empty, and give none to a key of an older system without a list", async () => {
    const { user, key } = await make({ permissions: [] });
    expect((await readKey(key.keyId))?.permissions).toEqual([]);
    await runQuery(
      context.db,
      context.db.sql.updateTable("api_keys").set({ permissions: null }).where("id", "=", key.keyId),
    );
    expect((await validateApiKey(context.db, key.key))?.permissions).toEqual([]);
    expect((await listUserApiKeys(context.db, user.id)).items[0]?.permissions).toEqual([]);
  });

  test("end after 90 days unless told otherwise, and nobody makes one that never ends", async () => {
    const { user, key } = await make();
    expect(key.expiresAt?.getTime()).toBe(context.clock.now().getTime() + 90 * 86_400_000);
    for (const expiresInDays of [null, 366]) {
      const making = createApiKey(context.db, { userId: user.id, name: "For ever", expiresInDays });
      await expect(making).rejects.toMatchObject({ code: "INVALID_INPUT", field: "expiresInDays" });
    }
  });

  test("end as the installation says", async () => {
    const { user } = await make();
    const strict = await context.openAnother({ accountPolicy: { longestKeyDays: 30 } });
    const lax = await context.openAnother({ accountPolicy: { keyDays: 7, keysWithoutEnd: true } });
    const endOf = async (db: Database, expiresInDays?: number | null) => {
      const { expiresAt } = await createApiKey(db, { userId: user.id, name: "Nightly", expiresInDays });
      return expiresAt === null ? null : (expiresAt.getTime() - context.clock.now().getTime()) / 86_400_000;
    };
    expect(await endOf(strict)).toBe(30);
    await expect(endOf(strict, 31)).rejects.toMatchObject({ message: expect.stringContaining("30") });
    expect([await endOf(lax), await endOf(lax, 365), await endOf(lax, null)]).toEqual([7, 365, null]);
  });

  test("validate until they expire, and not from then on", async () => {
    const { key } = await make({ expiresInDays: 1 });
    context.clock.advance({ hours: 23, minutes: 59 });
    expect(await validateApiKey(context.db, key.key)).not.toBeNull();
    context.clock.advance({ minutes: 1 });
    expect(await validateApiKey(context.db, key.key)).toBeNull();
    expect((await readKey(key.keyId))?.usageCount).toBe(1);
  });

  test.each([
    ["locked", { status: "locked" as const }],
    ["suspended", { status: "suspended" as const }],
    ["deleted", { deleted_at: new Date(0) }],
    ["ended", { expires_at: new Date(0) }],
  ])("neither validate nor are made while their user is %s", async (_, changes) => {
    const { user, key } = await make();
    await alterTestUser(context.db, user.id, changes);
    expect(await validateApiKey(context.db, key.key)).toBeNull();
    expect((await readKey(key.keyId))?.usageCount).toBe(0);
    const refusal = createApiKey(context.db, { userId: user.id, name: "Another" });
    await expect(refusal).rejects.toMatchObject({ code: "deleted_at" in changes ? "NOT_FOUND" : "PERMISSION_DENIED" });
  });

  test.each(["", "nrv_", `nrv_${"x".repeat(43)}`, `nrv_${"x".repeat(44)}`, "' OR '1'='1", `nrv_${"x".repeat(43)}\n`])(
    "answer null to what is none: %j",
    async (raw) => {
      expect(await validateApiKey(context.db, raw)).toBeNull();
    },
  );

  test("are revoked once, with one event, however often and however many ask at once", async () => {
    const { user, key } = await make();
    const revoked = await Promise.all(Array.from({ length: 5 }, () => revokeApiKey(context.db, key.keyId)));
    expect(revoked).toEqual([true, true, true, true, true]);
    const first = (await readKey(key.keyId))?.revokedAt;
    context.clock.advance({ minutes: 1 });
    expect(await revokeApiKey(context.db, key.keyId, { userId: user.id })).toBe(true);
    expect((await readKey(key.keyId))?.revokedAt).toEqual(first);
    expect(await validateApiKey(context.db, key.key)).toBeNull();
    expect(await countEvents(context.db, user.id, "api_key_revoked")).toBe(1);
  });

  test("attack: of somebody else cannot be revoked, and user 0 is no way around that", async () => {
    const { key } = await make();
    const other = await createTestUser(context.db);
    expect(await revokeApiKey(context.db, key.keyId, { userId: other.id })).toBe(false);
    await expect(revokeApiKey(context.db, key.keyId, { userId: 0 })).rejects.toMatchObject({ field: "userId" });
    expect(await revokeApiKey(context.db, 987_654)).toBe(false);
    expect(await validateApiKey(context.db, key.key)).not.toBeNull();
  });

  test("are listed newest first, without their digests, revoked ones only when asked for", async () => {
    const { user, key } = await make({ permissions: ["scan:read"] });
    context.clock.advance({ seconds: 1 });
    const second = await createApiKey(context.db, { userId: user.id, name: "Second" });
    const { items } = await listUserApiKeys(context.db, user.id);
    expect(items.map(({ id }) => id)).toEqual([second.keyId, key.keyId]);
    expect(items[1]).toMatchObject({ name: "Nightly scan", permissions: ["scan:read"], usageCount: 0 });
    expect(JSON.stringify(items)).not.toMatch(/hash|[0-9a-f]{64}/i);
    await revokeApiKey(context.db, key.keyId);
    expect((await listUserApiKeys(context.db, user.id)).items).toHaveLength(1);
    expect((await listUserApiKeys(context.db, user.id, { includeRevoked: true })).items).toHaveLength(2);
  });

  test.each([
    ["userId", { userId: 0 }],
    ["name", { name: "" }],
    ["name", { name: "a".repeat(101) }],
    ["name", { name: "line\nbreak" }],
    ["permissions.0", { permissions: ["scan"] }],
    ["permissions.0", { permissions: ["Scan:Read"] }],
    ["permissions.1", { permissions: ["scan:read", "scan:read\n"] }],
    ["permissions", { permissions: ["scan:read", "scan:read"] }],
    ["permissions", { permissions: Array.from({ length: 101 }, (_, index) => `scan:p${index}`) }],
    ["expiresInDays", { expiresInDays: 0 }],
    ["expiresInDays", { expiresInDays: -1 }],
    ["expiresInDays", { expiresInDays: 3651 }],
    ["usageCount", { usageCount: 5 }],
  ])("are refused with a fault in %s", async (field, fault) => {
    const request = createApiKey(context.db, { userId: 1, name: "Nightly scan", ...fault });
    await expect(request).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });
});
