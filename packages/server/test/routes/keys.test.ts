import { createApiKey, getSecurityEvents, validateApiKey } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testPassword } from "../../../database/test/support/people/accounts.ts";
import { insertTestKeys } from "../../../database/test/support/people/api-keys.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { makePeople, type People, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("API keys over HTTP", (context) => {
  let server: TestServer;
  let people: People;
  beforeAll(async () => {
    server = await serveTest(context.db, { NERVE_TRUSTED_PROXIES: "127.0.0.1" });
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

  test("are 50 at most, and tell whoever asks for one more what to do", async () => {
    const { id, token } = await signedIn(context.db, "analyst", { companyId: people.companyId });
    await insertTestKeys(context.db, id, 50);
    const refused = await server.call("POST /api/keys", { token, body: { name: "One more" } });
    expect([refused.status, refused.body.code]).toEqual([413, "QUOTA_EXCEEDED"]);
    expect(refused.body.detail).toContain("revoke one");
    expect(refused.body.help).toContain("/api/keys");
    const { body: list } = await server.call("GET /api/keys?limit=1", { token });
    expect((await server.call(`DELETE /api/keys/${list.items[0].id}`, { token })).status).toBe(204);
    expect((await server.call("POST /api/keys", { token, body: { name: "One more" } })).status).toBe(201);
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

  const forwardedFor = (ipAddress: string) => ({ "x-forwarded-for": ipAddress });

  test("are bound to networks, by the address that a trusted proxy tells, and tell a program theirs", async () => {
    const { token } = await signedIn(context.db, "user");
    const body = { name: "Nightly", permissions: ["account:read"], networks: ["192.0.2.0/24"] };
    const { body: made } = await server.call("POST /api/keys", { token, body });
    const ask = (ipAddress: string) =>
      server.call("GET /api/auth/me", { token: made.key, headers: forwardedFor(ipAddress) });
    expect((await ask("192.0.2.7")).body.key).toMatchObject({ id: made.keyId, networks: body.networks });
    expect((await ask("::ffff:192.0.2.7")).status).toBe(200);
    expect((await ask("192.0.2.7, 198.51.100.1")).status).toBe(401);
    const networks = ["198.51.100.1"];
    const changed = await server.call(`PATCH /api/keys/${made.keyId}`, { token, body: { networks } });
    expect([changed.status, changed.body.networks]).toEqual([200, ["198.51.100.1/32"]]);
    expect([(await ask("192.0.2.7")).status, (await ask("198.51.100.1")).status]).toEqual([401, 200]);
  });

  test("attack: from elsewhere are answered as unknown ones, leave one event an hour, and their owner sees it", async () => {
    const owner = await signedIn(context.db, "user", { companyId: people.companyId });
    const networks = ["192.0.2.0/24"];
    const { key, keyId } = await createApiKey(context.db, { userId: owner.id, name: "Nightly", networks });
    const ask = (token: string) => server.call("GET /api/auth/me", { token, headers: forwardedFor("203.0.113.9") });
    const unknown = await ask(`nrv_${"a".repeat(43)}`);
    const answers = [await ask(key), await ask(key)];
    for (const { status, body, headers } of answers) {
      expect([status, { ...body, requestId: "" }]).toEqual([401, { ...unknown.body, requestId: "" }]);
      expect([...headers.keys()]).toEqual([...unknown.headers.keys()]);
    }
    context.clock.advance({ hours: 1 });
    await server.server.refusalsRecorded();
    const { items: events } = await getSecurityEvents(context.db, {
      eventType: "key_address_refused",
      metadata: { keyId },
    });
    const { companyId } = people;
    expect(events).toMatchObject([
      { userId: owner.id, companyId, ipAddress: "203.0.113.9", metadataJson: { count: 2 } },
    ]);
    expect(events[0]?.description).toMatch(/^2 requests were refused, with an API key from outside its networks: /);
    const refused = { id: keyId, refusedCount: 2, lastRefusedIp: "203.0.113.9", usageCount: 0, networks };
    const lists = [
      await server.call("GET /api/keys", { token: owner.token }),
      await server.call(`GET /api/users/${owner.id}/keys`, { token: people.byRole.admin.token }),
    ];
    for (const { body } of lists) expect(body.items).toEqual([expect.objectContaining(refused)]);
  });

  test("are rotated: the list names the new one, and the old one goes on for the overlap", async () => {
    const { token } = await signedIn(context.db, "user");
    const { body: old } = await server.call("POST /api/keys", { token, body: { name: "Nightly" } });
    const route = `POST /api/keys/${old.keyId}/rotate`;
    const { status, body } = await server.call(route, { token, body: { overlapHours: 2 } });
    const endsAt = new Date(context.clock.now().getTime() + 2 * 3_600_000).toISOString();
    expect([status, body.replaces]).toEqual([201, { keyId: old.keyId, expiresAt: endsAt }]);
    expect([await isGood(old.key), await isGood(body.key)]).toEqual([true, true]);
    const { items } = (await server.call("GET /api/keys", { token })).body;
    expect(items).toContainEqual(expect.objectContaining({ id: old.keyId, replacedBy: body.keyId, expiresAt: endsAt }));
    const again = await server.call(route, { token });
    expect([again.status, again.body.code, again.body.detail]).toEqual([
      409,
      "CONFLICT",
      `Key ${body.keyId} has taken its place and is in use: rotate that one.`,
    ]);
  });

  test("end with the password, where the user says so", async () => {
    const owner = await signedIn(context.db, "user");
    const { key } = await createApiKey(context.db, { userId: owner.id, name: "Nightly" });
    const body = { currentPassword: testPassword, newPassword: "quiet harbour lantern nine", revokeKeys: true };
    expect((await server.call("POST /api/auth/password", { token: owner.token, body })).status).toBe(204);
    expect(await isGood(key)).toBe(false);
  });
});
