import { expect, test } from "vitest";
import {
  createApiKey,
  listUserApiKeys,
  revokeApiKey,
  rotateApiKey,
  validateApiKey,
} from "../../../src/identity/api-keys/index.ts";
import { mostKeys } from "../../../src/identity/api-keys/key-limit.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { insertTestKeys } from "../../support/people/api-keys.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const exceeded = { code: "QUOTA_EXCEEDED", message: expect.stringContaining("revoke one") };

describeOnEachEngine("The API keys of a user", (context) => {
  /** A user with so many keys. */
  async function holding(count: number): Promise<number> {
    const { id } = await createTestUser(context.db);
    await insertTestKeys(context.db, id, count);
    return id;
  }
  const make = (userId: number) => createApiKey(context.db, { userId, name: "Nightly" });
  const listed = async (userId: number) => (await listUserApiKeys(context.db, userId)).items;
  const past = () => new Date(context.clock.now().getTime() - 1);

  test("are 50 at most; one more is refused, leaves nothing, and is made once one is revoked", async () => {
    const userId = await holding(mostKeys - 1);
    const { keyId } = await make(userId);
    await expect(make(userId)).rejects.toMatchObject(exceeded);
    expect(await listed(userId)).toHaveLength(mostKeys);
    await revokeApiKey(context.db, keyId);
    expect(await make(userId)).toMatchObject({ name: "Nightly" });
  });

  test("count while they are good: not revoked, not ended, and of nobody else", async () => {
    const userId = await holding(mostKeys - 1);
    await insertTestKeys(context.db, userId, 3, { revoked_at: past() });
    await insertTestKeys(context.db, userId, 3, { expires_at: past() });
    await insertTestKeys(context.db, userId, 3, { is_active: false });
    await holding(mostKeys);
    await make(userId);
    await expect(make(userId)).rejects.toMatchObject(exceeded);
  });

  test("attack: are no more when many are asked for at once", async () => {
    const userId = await holding(mostKeys - 2);
    const made = await Promise.allSettled(Array.from({ length: 6 }, () => make(userId)));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await listed(userId)).toHaveLength(mostKeys);
  });

  test("are all rotated at the limit, old and new one good for the overlap; one more is refused still", async () => {
    const userId = await holding(mostKeys - 2);
    const [one, other] = [await make(userId), await make(userId)];
    const successors = [await rotateApiKey(context.db, one.keyId), await rotateApiKey(context.db, other.keyId)];
    for (const { key } of [one, other, ...successors]) expect(await validateApiKey(context.db, key)).not.toBeNull();
    await expect(make(userId)).rejects.toMatchObject(exceeded);
  });

  test("are rotated also where there are more, from before there was a limit", async () => {
    const userId = await holding(mostKeys + 5);
    const [key] = await listed(userId);
    expect(await rotateApiKey(context.db, key?.id ?? 0)).toMatchObject({ name: "Inserted" });
    await expect(make(userId)).rejects.toMatchObject(exceeded);
  });

  test("attack: do not become more and more by rotating with an overlap; without one there is room", async () => {
    const { id: userId } = await createTestUser(context.db);
    const { keyId } = await make(userId);
    await insertTestKeys(context.db, userId, mostKeys - 1, { replaced_by: keyId });
    const next = await rotateApiKey(context.db, keyId);
    await expect(rotateApiKey(context.db, next.keyId)).rejects.toMatchObject(exceeded);
    expect(await validateApiKey(context.db, next.key)).not.toBeNull();
    const last = await rotateApiKey(context.db, next.keyId, { overlapHours: 0 });
    expect(await validateApiKey(context.db, last.key)).not.toBeNull();
  });

  test("attack: do not become more by rotating one whose successor was revoked", async () => {
    const { id: userId } = await createTestUser(context.db);
    const { keyId } = await make(userId);
    await revokeApiKey(context.db, (await rotateApiKey(context.db, keyId)).keyId);
    await insertTestKeys(context.db, userId, mostKeys);
    await expect(rotateApiKey(context.db, keyId)).rejects.toMatchObject(exceeded);
  });

  test("attack: are no more than 200 within a day, however many of them have ended", async () => {
    const { id: userId } = await createTestUser(context.db);
    await insertTestKeys(context.db, userId, 199, { revoked_at: past() });
    const { keyId } = await make(userId);
    await expect(make(userId)).rejects.toMatchObject({
      code: "QUOTA_EXCEEDED",
      message: expect.stringContaining("within a day"),
    });
    await expect(rotateApiKey(context.db, keyId)).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
    context.clock.advance({ days: 1 });
    expect(await make(userId)).toMatchObject({ name: "Nightly" });
  });
});
