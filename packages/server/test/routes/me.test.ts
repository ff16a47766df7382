import { createApiKey, createSession, findReaches, getUser, roleMatrix, updateCompany } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestUser, uniqueWord } from "../../../database/test/support/people/accounts.ts";
import { enableTwoFactor } from "../../../database/test/support/people/codes.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { makePeople, type People, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("What somebody learns and changes of themselves", (context) => {
  let server: TestServer;
  let people: People;
  beforeAll(async () => {
    server = await serveTest(context.db, { NERVE_SESSION_IDLE_MINUTES: "30" });
    people = await makePeople(context.db);
  });
  afterAll(() => server.close());

  const me = async (token: string) => (await server.call("GET /api/auth/me", { token })).body;

  describe("GET /api/auth/me", () => {
    test.each(["super_admin", "admin", "analyst", "user", "company_user", "demo"] as const)(
      "tells a session of %s what it may do, and until when it is fresh",
      async (role) => {
        const person = await signedIn(context.db, role, { companyId: people.companyId });
        const now = context.clock.now().getTime();
        const { permissions, session, key, id } = await me(person.token);
        expect([id, key]).toEqual([person.id, null]);
        expect(permissions).toEqual(findReaches({ role, companyId: people.companyId }));
        expect(session).toEqual({
          id: person.sessionId,
          expiresAt: person.expiresAt.toISOString(),
          authenticatedAt: new Date(now).toISOString(),
          freshUntil: new Date(now + 600_000).toISOString(),
          secondFactorDue: null,
          idleMinutes: 30,
        });
      },
    );

    test("tells reach apart by whether the account has a company", async () => {
      expect((await me(people.everywhere.token)).permissions["user:read"]).toBe("all");
      expect((await me(people.byRole.admin.token)).permissions["user:read"]).toBe("company");
      const alone = await signedIn(context.db, "analyst");
      expect((await me(alone.token)).permissions).toMatchObject({ "scan:read": "own", "account:read": "own" });
    });

    test("tells a key its name, its end and what it carries, which is no more than its owner's role", async () => {
      const permissions = ["account:read", "scan:*", "user:write"];
      const { id: userId } = people.byRole.user;
      const made = await createApiKey(context.db, { userId, name: "Nightly", permissions, expiresInDays: 7 });
      const body = await me(made.key);
      expect(body).toMatchObject({
        id: userId,
        session: null,
        key: { id: made.keyId, name: "Nightly", expiresAt: made.expiresAt?.toISOString(), networks: [] },
      });
      expect(body.permissions).toEqual({ "account:read": "own", "scan:read": "own", "scan:write": "own" });
    });
  });

  test("GET /api/auth/account tells the company and how many backup codes are left", async () => {
    const person = await signedIn(context.db, "analyst", { companyId: people.companyId });
    await updateCompany(context.db, { id: people.companyId, name: "Example Ltd" });
    const account = async (token: string) => (await server.call("GET /api/auth/account", { token })).body;
    expect(await account(person.token)).toEqual({
      company: { id: people.companyId, name: "Example Ltd" },
      backupCodesLeft: null,
    });
    const { backupCodes } = await enableTwoFactor(context.db, context.clock, person.id);
    const { token } = await createSession(context.db, { userId: person.id, ipAddress: "192.0.2.1" });
    expect(await account(token)).toMatchObject({ backupCodesLeft: backupCodes.length });
    expect(await account(people.everywhere.token)).toEqual({ company: null, backupCodesLeft: null });
  });

  describe("PATCH /api/auth/me", () => {
    test("changes one's own profile, once in the audit log", async () => {
      const person = await signedIn(context.db, "company_user", { companyId: people.companyId });
      const body = { fullName: "Grace Example", timezone: "Europe/Berlin", language: "de" };
      for (const attempt of [1, 2]) {
        const answer = await server.call("PATCH /api/auth/me", { token: person.token, body });
        expect([attempt, answer.status]).toEqual([attempt, 200]);
        expect(answer.body).toMatchObject(body);
      }
      const { token } = people.byRole.admin;
      const { body: log } = await server.call(`GET /api/audit?userId=${person.id}&action=profile_updated`, { token });
      expect(log.items).toEqual([
        expect.objectContaining({
          resourceId: person.id,
          metadataJson: { fields: ["fullName", "timezone", "language"] },
        }),
      ]);
    });

    test.each([
      { role: "super_admin" },
      { email: "mine@example.org" },
      { companyId: 1 },
      { status: "active" },
      { mustChangePassword: false },
      { id: 1 },
      { expiresAt: null },
    ])("attack: %j is no part of a profile", async (body) => {
      const { token, id } = people.byRole.user;
      const before = await getUser(context.db, id);
      const answer = await server.call("PATCH /api/auth/me", { token, body });
      const [field] = Object.keys(body);
      expect([answer.status, answer.body.issues]).toEqual([400, [{ field, message: "is not a known field" }]]);
      expect(await getUser(context.db, id)).toEqual(before);
    });
  });

  test("GET /api/sessions says which session asks", async () => {
    const person = await signedIn(context.db, "user");
    const other = await createSession(context.db, { userId: person.id, ipAddress: "192.0.2.9" });
    for (const { token, sessionId } of [person, other]) {
      const items = (await server.call("GET /api/sessions", { token })).body.items as {
        id: number;
        current: boolean;
      }[];
      const current = items.filter((item) => item.current);
      expect([items.length, current.map(({ id }) => id)]).toEqual([2, [sessionId]]);
    }
  });

  test("GET /api/roles is the role matrix", async () => {
    const { permissions, roles } = (await server.call("GET /api/roles", { token: people.byRole.demo.token })).body;
    const lines = Object.entries(roleMatrix).map(([name, line]) => ({ name, ...line }));
    expect(permissions).toEqual(lines);
    expect(roles).toContain("company_user");
  });

  describe("GET /api/users/names", () => {
    const names = async (ids: readonly unknown[], token: string) =>
      server.call(`GET /api/users/names?ids=${encodeURIComponent(ids.join(","))}`, { token });

    test("finds names by ids, of those within reach", async () => {
      const { companyId, stranger, byRole } = people;
      const named = await createTestUser(context.db, { company_id: companyId, full_name: "Ada Example" });
      const called = await createTestUser(context.db, { company_id: companyId, username: uniqueWord() });
      const ids = [stranger.id, called.id, named.id, named.id];
      const own = [
        { id: named.id, name: "Ada Example" },
        { id: called.id, name: (await getUser(context.db, called.id))?.username },
      ];
      for (const role of ["admin", "analyst", "user", "company_user"] as const) {
        expect((await names(ids, byRole[role].token)).body).toEqual({ items: own });
      }
      const theirs = { id: stranger.id, name: stranger.email };
      const everybody = [...own, theirs].toSorted((a, b) => a.id - b.id);
      expect((await names(ids, byRole.super_admin.token)).body).toEqual({ items: everybody });
    });

    test("attack: a demonstration learns its own name only", async () => {
      const { demo, user } = people.byRole;
      expect((await names([demo.id, user.id], demo.token)).body).toEqual({
        items: [{ id: demo.id, name: demo.email }],
      });
    });

    test.each(["", "1,", "1,,2", "a", "1 OR 1=1", "0", "-1", "1e3", Array.from({ length: 201 }, () => 1).join(",")])(
      "refuses %s",
      async (ids) => {
        const { status, body } = await names([ids], people.byRole.admin.token);
        expect([status, body.code]).toEqual([400, "INVALID_INPUT"]);
      },
    );
  });
});
