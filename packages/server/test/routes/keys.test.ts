import { createApiKey, validateApiKey } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testPassword } from "../../../database/test/support/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { makePeople, type People, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("API keys over HTTP", (context) => {
  let server: TestServer;
  let people: People;
  beforeAll(async () => {
    server = await serveTest(context.db);
    people = await makePeople(context.db);
  });
  afterAll(() => server.close());

  const isGood = async (key: string) => (await validateApiKey(context.db, key)) !== null;

  test("end after 90 days, and cannot be asked for without an end", async () => {
    const { token } = await signedIn(context.db, "analyst", { companyId: people.companyId });
    const { body } = await server.call("POST /api/keys", { token, body: { name: "Nightly" } });
    expect(Date.parse(body.expiresAt)).toBe(context.clock.now().getTime() + 90 * 86_400_000);
    const refused = await server.call("POST /api/keys", { token, body: { name: "For ever", expiresInDays: null } });
    expect([refused.status, refused.body.issues]).toEqual([
      400,
      [{ field: "expiresInDays", message: "must be a number of days: here every key ends" }],
    ]);
  });

  test("of a user are seen and revoked by an administrator of the company, and named in its audit log", async () => {
    const owner = await signedIn(context.db, "user", { companyId: people.companyId });
    const { key, keyId } = await createApiKey(context.db, { userId: owner.id, name: "Nightly" });
    const { token } = people.byRole.admin;
    const { text, body } = await server.call(`GET /api/users/${owner.id}/keys`, { token });
    expect(body.items).toEqual([expect.objectContaining({ id: keyId, name: "Nightly" })]);
    expect(text).not.toContain(key.slice(8));
    expect((await server.call(`DELETE /api/users/${owner.id}/keys/${keyId}`, { token })).status).toBe(204);
    expect(await isGood(key)).toBe(false);
    const { body: log } = await server.call("GET /api/audit?action=api_key_revoked", { token });
    expect(log.items).toContainEqual(expect.objectContaining({ resourceId: keyId, userId: people.byRole.admin.id }));
  });

  test("attack: of other companies, of higher roles and under another user's id are out of reach", async () => {
    const { admin } = people.byRole;
    const above = await signedIn(context.db, "super_admin", { companyId: people.companyId });
    const colleague = await signedIn(context.db, "user", { companyId: people.companyId });
    const owners: [owner: number, asked: number, status: number][] = [
      [people.stranger.id, people.stranger.id, 404],
      [people.stranger.id, colleague.id, 404],
      [above.id, above.id, 403],
    ];
    for (const [owner, asked, status] of owners) {
      const { key, keyId } = await createApiKey(context.db, { userId: owner, name: "Nightly" });
      const answer = await server.call(`DELETE /api/users/${asked}/keys/${keyId}`, { token: admin.token });
      expect([owner, answer.status]).toEqual([owner, status]);
      expect(await isGood(key)).toBe(true);
    }
    for (const asked of [people.stranger.id, above.id]) {
      expect((await server.call(`GET /api/users/${asked}/keys`, { token: admin.token })).status).not.toBe(200);
    }
  });

  test("end with the password, where the user says so", async () => {
    const owner = await signedIn(context.db, "user");
    const { key } = await createApiKey(context.db, { userId: owner.id, name: "Nightly" });
    const body = { currentPassword: testPassword, newPassword: "quiet harbour lantern nine", revokeKeys: true };
    expect((await server.call("POST /api/auth/password", { token: owner.token, body })).status).toBe(204);
    expect(await isGood(key)).toBe(false);
  });
});
