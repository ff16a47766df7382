import { describe, expect, test } from "vitest";
import {
  checkApiKey,
  createApiKey,
  listUserApiKeys,
  recordRefusedKeyUse,
  revokeApiKey,
  setKeyNetworks,
  updateOwnApiKey,
  validateApiKey,
} from "../../../src/identity/api-keys/index.ts";
import { alterTestUser, createTestUser } from "../../support/people/accounts.ts";
import { on } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";
import { plansOf } from "../../support/plans.ts";

const here = "192.0.2.7";
const elsewhere = "198.51.100.1";

describeOnEachEngine("The networks of an API key", (context) => {
  async function make(networks: string[] = ["192.0.2.0/24", "2001:db8::/33"]) {
    const user = await createTestUser(context.db);
    const made = await createApiKey(context.db, { userId: user.id, name: "Nightly", networks });
    return { user, ...made, caller: on({ userId: user.id }) };
  }
  const isGoodFrom = async (key: string, ipAddress?: string) =>
    (await validateApiKey(context.db, key, { ipAddress })) !== null;
  const listed = async (userId: number) => (await listUserApiKeys(context.db, userId)).items[0];

  test("are stored in one form, and shown wherever the key is", async () => {
    const { user, key, networks } = await make(["192.0.2.7", "10.9.8.7/8", "2001:DB8::1", "::ffff:203.0.113.9"]);
    const stored = ["192.0.2.7/32", "10.0.0.0/8", "2001:db8::1/128", "203.0.113.9/32"];
    expect(networks).toEqual(stored);
    expect(await listed(user.id)).toMatchObject({ networks: stored });
    expect(await validateApiKey(context.db, key, { ipAddress: here })).toMatchObject({ networks: stored });
  });

  test("are all there are unless told otherwise", async () => {
    const { user, key } = await make([]);
    expect(await listed(user.id)).toMatchObject({ networks: [] });
    expect([await isGoodFrom(key, elsewhere), await isGoodFrom(key)]).toEqual([true, true]);
  });

  test.each([
    [here, true],
    ["::ffff:192.0.2.7", true],
    ["2001:db8:7fff::1", true],
    [elsewhere, false],
    ["::ffff:198.51.100.1", false],
    ["2001:db8:8000::1", false],
    ["::192.0.2.7", false],
    [undefined, false],
  ])("from %s it is good: %s", async (ipAddress, isGood) => {
    const { key } = await make();
    expect(await isGoodFrom(key, ipAddress)).toBe(isGood);
  });

  test("keep a use from elsewhere from counting, and count every one of 20 good uses at once", async () => {
    const { user, key } = await make();
    await isGoodFrom(key, elsewhere);
    expect(await listed(user.id)).toMatchObject({ usageCount: 0, lastUsedAt: null, lastUsedIp: null });
    await Promise.all(Array.from({ length: 20 }, () => isGoodFrom(key, here)));
    expect(await listed(user.id)).toMatchObject({ usageCount: 20, lastUsedIp: here });
  });

  test("attack: tell nothing of a key that is good for nobody, and cost what an unknown key does", async () => {
    const { user, key, keyId } = await make();
    const check = async (raw = key) => (await checkApiKey(context.db, raw, { ipAddress: elsewhere })).status;
    expect(await check()).toBe("elsewhere");
    const statements = async (raw: string) => {
      const plans = await plansOf(context.db, (db) => checkApiKey(db, raw, { ipAddress: elsewhere }));
      return plans.length;
    };
    expect(await statements(key)).toBe(await statements(`nrv_${"a".repeat(43)}`));
    await alterTestUser(context.db, user.id, { status: "suspended" });
    expect(await check()).toBe("unknown");
    await alterTestUser(context.db, user.id, { status: "active" });
    await revokeApiKey(context.db, keyId);
    expect(await check()).toBe("unknown");
    const ending = await make();
    context.clock.advance({ hours: 24 * 90 });
    expect(await check(ending.key)).toBe("unknown");
  });

  test("change for the next use, and are cleared, with an event and a row of the audit log", async () => {
    const { user, key, keyId: id, caller } = await make();
    const changed = await updateOwnApiKey(context.db, { id, networks: ["198.51.100.1"] }, caller);
    expect(changed).toMatchObject({ id, networks: ["198.51.100.1/32"], name: "Nightly" });
    expect(changed).not.toHaveProperty("userId");
    expect([await isGoodFrom(key, here), await isGoodFrom(key, elsewhere)]).toEqual([false, true]);
    expect(await updateOwnApiKey(context.db, { id, networks: [] }, caller)).toMatchObject({ networks: [] });
    expect(await isGoodFrom(key, "203.0.113.9")).toBe(true);
    await updateOwnApiKey(context.db, { id, networks: [] }, caller);
    expect(await countEvents(context.db, user.id, "api_key_changed")).toBe(2);
    const actions = ["api_key_created", "api_key_changed", "api_key_changed"];
    expect(await auditedActions(context.db, "api_keys", id)).toEqual(actions);
  });

  test("attack: are changed by the owner alone, of a key that was not revoked", async () => {
    const { keyId: id, key, caller } = await make();
    const stranger = on({ userId: (await createTestUser(context.db)).id });
    const refused = expect.objectContaining({ code: "NOT_FOUND" });
    await expect(updateOwnApiKey(context.db, { id, networks: [] }, stranger)).rejects.toEqual(refused);
    expect(await isGoodFrom(key, elsewhere)).toBe(false);
    await revokeApiKey(context.db, id);
    await expect(updateOwnApiKey(context.db, { id, networks: [] }, caller)).rejects.toEqual(refused);
  });

  test("are changed by the program in any key, or in a user's alone, and nobody is told of what changes nothing", async () => {
    const { user, key, keyId } = await make();
    const changed = await setKeyNetworks(context.db, keyId, { networks: [elsewhere] });
    expect(changed).toEqual(await listed(user.id));
    expect([await isGoodFrom(key, here), await isGoodFrom(key, elsewhere)]).toEqual([false, true]);
    await setKeyNetworks(context.db, keyId, { networks: [elsewhere], userId: user.id });
    expect(await countEvents(context.db, user.id, "api_key_changed")).toBe(1);
    const { id: userId } = await createTestUser(context.db);
    const refused = { code: "NOT_FOUND" };
    await expect(setKeyNetworks(context.db, keyId, { networks: [], userId })).rejects.toMatchObject(refused);
    await revokeApiKey(context.db, keyId);
    await expect(setKeyNetworks(context.db, keyId, { networks: [] })).rejects.toMatchObject(refused);
    await expect(setKeyNetworks(context.db, 999_999, { networks: [] })).rejects.toMatchObject(refused);
    expect(await isGoodFrom(key, here)).toBe(false);
  });

  test("count what was refused, for its owner to see", async () => {
    const { user, keyId } = await make();
    const at = context.clock.now();
    expect(await listed(user.id)).toMatchObject({ refusedCount: 0, lastRefusedAt: null, lastRefusedIp: null });
    await recordRefusedKeyUse(context.db, { keyId, uses: 1, at, ipAddress: "203.0.113.9" });
    await recordRefusedKeyUse(context.db, { keyId, uses: 9, at, ipAddress: elsewhere });
    expect(await listed(user.id)).toMatchObject({ refusedCount: 10, lastRefusedAt: at, lastRefusedIp: elsewhere });
  });

  describe("are refused with a fault", () => {
    test.each([
      ["networks.0", ["everywhere"]],
      ["networks.1", ["192.0.2.0/24", "192.0.2.0/33"]],
      ["networks.0", ["192.0.2.1:80"]],
      ["networks.0", ["fe80::1%eth0"]],
      ["networks", ["192.0.2.7", "::ffff:192.0.2.7"]],
      ["networks", Array.from({ length: 33 }, (_, count) => `10.0.0.${count}`)],
    ])("in %s: %j", async (field, networks) => {
      await expect(make(networks)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
      const changing = updateOwnApiKey(context.db, { id: 1, networks }, on({ userId: 1 }));
      await expect(changing).rejects.toMatchObject({ code: "INVALID_INPUT", field });
    });
  });
});
