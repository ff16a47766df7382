import {
  createSession,
  deleteUser,
  getUser,
  importReport,
  logSecurityEvent,
  saveLightboxScan,
  saveXasmScan,
  type UserRole,
} from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestUser, uniqueWord } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { linesOf, reportOf } from "../../../database/test/surface/support/reports.ts";
import { makePeople, type People, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("attack: reaching into another company", (context) => {
  let server: TestServer;
  let people: People;
  let deleted: { id: number };
  let eventId: number;
  let importId: number;
  const scanId = uniqueWord();

  beforeAll(async () => {
    server = await serveTest(context.db);
    people = await makePeople(context.db);
    const { db } = context;
    const { stranger, otherCompanyId } = people;
    deleted = await createTestUser(db, { company_id: otherCompanyId });
    await deleteUser(db, { id: deleted.id });
    const event = { eventType: "login_failed", severity: "low", description: "Theirs.", userId: stranger.id } as const;
    eventId = (await logSecurityEvent(db, event)).id;
    const report = { companyId: otherCompanyId, source: reportOf(linesOf([{ rule: "theirs" }])), format: "nerve" };
    ({ importId } = await importReport(db, report));
    for (const save of [saveXasmScan, saveLightboxScan]) {
      await save(db, { scanId, target: "example.org", results: {}, userId: stranger.id });
    }
  });
  afterAll(() => server.close());

  const attempts: readonly [route: string, roles: readonly UserRole[], body?: unknown][] = [
    ["GET /api/users/{user}", ["admin"]],
    ["PATCH /api/users/{user}", ["admin"], { fullName: "Mine now" }],
    ["DELETE /api/users/{user}", ["admin"]],
    ["POST /api/users/{user}/email", ["admin"], { email: "mine@example.org" }],
    ["POST /api/users/{user}/role", ["admin"], { role: "analyst" }],
    ["POST /api/users/{user}/suspend", ["admin"]],
    ["POST /api/users/{user}/reinstate", ["admin"]],
    ["POST /api/users/{user}/unlock", ["admin"]],
    ["POST /api/users/{user}/password-reset", ["admin"]],
    ["POST /api/users/{deleted}/restore", ["admin"]],
    ["GET /api/companies/{company}", ["admin"]],
    ["PATCH /api/companies/{company}", ["admin"], { name: "Mine now" }],
    ["GET /api/sessions?userId={user}", ["admin", "analyst", "user"]],
    ["DELETE /api/sessions?userId={user}", ["admin", "analyst", "user"]],
    ["DELETE /api/sessions/{session}", ["super_admin", "admin", "analyst", "user"]],
    ["DELETE /api/sessions/{session}?userId={user}", ["admin", "analyst", "user"]],
    ["POST /api/security/events/{event}/acknowledge", ["admin", "analyst"]],
    ["POST /api/imports?companyId={company}&format=nerve", ["admin", "analyst"], linesOf([{ rule: "mine" }])],
    ["POST /api/imports/{import}/confirm", ["admin", "analyst"]],
    ["POST /api/imports/{import}/undo", ["admin", "analyst"]],
    ["GET /api/xasm/scans/{scan}", ["admin", "analyst", "user", "company_user", "demo"]],
    ["DELETE /api/xasm/scans/{scan}", ["admin", "analyst", "user"]],
    ["GET /api/lightbox/scans/{scan}", ["admin", "analyst", "user", "company_user", "demo"]],
    ["DELETE /api/lightbox/scans/{scan}", ["admin", "analyst", "user"]],
  ];

  test.each(attempts)("%s is answered as if there were no such record", async (route, roles, body) => {
    const { stranger, otherCompanyId, byRole } = people;
    const ids = {
      user: stranger.id,
      company: otherCompanyId,
      session: stranger.sessionId,
      deleted: deleted.id,
      event: eventId,
      scan: scanId,
      import: importId,
    };
    const address = route.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof ids) => String(ids[name]));
    for (const role of roles) {
      const answer = await server.call(address, { token: byRole[role].token, body });
      expect([role, answer.status, answer.body.code]).toEqual([role, 404, "NOT_FOUND"]);
    }
    expect((await server.call("GET /api/auth/me", { token: stranger.token })).body).toMatchObject({
      fullName: null,
      status: "active",
    });
  });

  test("a deleted user of another company stays deleted when restoring was refused", async () => {
    expect(await getUser(context.db, deleted.id)).toBeNull();
  });

  test.each([
    "GET /api/users",
    "GET /api/companies",
    "GET /api/security/events",
    "GET /api/security/login-attempts",
    "GET /api/audit",
    "GET /api/xasm/scans",
    "GET /api/lightbox/scans",
  ])("%s lists nothing of another company, whatever the query asks for", async (route) => {
    const { byRole, stranger, otherCompanyId } = people;
    const narrowed = route === "GET /api/users" ? `${route}?companyId=${otherCompanyId}` : route;
    const { status, body } = await server.call(narrowed, { token: byRole.admin.token });
    expect(status).toBe(200);
    for (const item of body.items) {
      expect(item.companyId ?? null).not.toBe(otherCompanyId);
      expect(item.userId ?? null).not.toBe(stranger.id);
      expect(item.id === otherCompanyId && route === "GET /api/companies").toBe(false);
    }
  });

  test("an administrator of no company reaches all of them", async () => {
    const { everywhere, stranger, otherCompanyId } = people;
    const { token } = everywhere;
    expect((await server.call(`GET /api/users/${stranger.id}`, { token })).status).toBe(200);
    expect((await server.call(`GET /api/companies/${otherCompanyId}`, { token })).status).toBe(200);
    const body = { name: "New", primaryDomain: `${uniqueWord()}.example` };
    expect((await server.call("POST /api/companies", { token, body })).status).toBe(201);
  });

  test("an analyst or company user without a company reaches no further than their own records", async () => {
    for (const role of ["analyst", "company_user"] as const) {
      const { token } = await signedIn(context.db, role);
      expect((await server.call(`GET /api/xasm/scans/${scanId}`, { token })).status).toBe(404);
      expect((await server.call("GET /api/xasm/scans", { token })).body.items).toEqual([]);
    }
  });

  describe("within the company", () => {
    test("attack: nobody manages, makes or becomes an account above their own role", async () => {
      const { byRole, companyId } = people;
      const above = await signedIn(context.db, "super_admin", { companyId });
      const { token, id } = byRole.admin;
      const attacks: [string, unknown][] = [
        [`PATCH /api/users/${above.id}`, { fullName: "Mine now" }],
        [`DELETE /api/users/${above.id}`, undefined],
        [`POST /api/users/${above.id}/suspend`, undefined],
        [`POST /api/users/${above.id}/email`, { email: "mine@example.org" }],
        [`POST /api/users/${above.id}/password-reset`, undefined],
        [`POST /api/users/${id}/role`, { role: "super_admin" }],
        ["POST /api/users", { email: `${uniqueWord()}@example.org`, role: "super_admin" }],
        [`DELETE /api/sessions?userId=${above.id}`, undefined],
      ];
      for (const [route, body] of attacks) {
        const answer = await server.call(route, { token, body });
        expect([route, answer.status]).toEqual([route, 403]);
      }
    });

    test("attack: fields that decide who may do what are no part of a profile", async () => {
      const { byRole } = people;
      const hidden = {
        role: "super_admin",
        companyId: 1,
        passwordHash: "x",
        status: "active",
        twoFactorEnabled: false,
      };
      for (const [field, value] of Object.entries(hidden)) {
        const { status, body } = await server.call(`PATCH /api/users/${byRole.user.id}`, {
          token: byRole.admin.token,
          body: { [field]: value },
        });
        expect([status, body.issues]).toEqual([400, [{ field, message: "is not a known field" }]]);
      }
    });

    test("attack: an administrator cannot raise the seats that the own company has paid for", async () => {
      const { byRole, companyId, everywhere } = people;
      const body = { maxSeats: 5000 };
      const own = await server.call(`PATCH /api/companies/${companyId}`, { token: byRole.admin.token, body });
      expect(own.status).toBe(403);
      const managing = await server.call(`PATCH /api/companies/${companyId}`, { token: everywhere.token, body });
      expect(managing.body.maxSeats).toBe(5000);
    });

    test("an administrator puts new users into the own company, and no other", async () => {
      const { byRole, companyId, otherCompanyId } = people;
      const { token } = byRole.admin;
      const body = { email: `${uniqueWord()}@example.org`, role: "user" };
      expect((await server.call("POST /api/users", { token, body })).body.companyId).toBe(companyId);
      const elsewhere = { ...body, email: `${uniqueWord()}@example.org`, companyId: otherCompanyId };
      expect((await server.call("POST /api/users", { token, body: elsewhere })).status).toBe(404);
    });

    test("attack: a key cannot be given what its owner's role does not have", async () => {
      const { byRole } = people;
      const body = { name: "More", permissions: ["scan:read", "user:write"] };
      expect((await server.call("POST /api/keys", { token: byRole.analyst.token, body })).status).toBe(403);
    });

    test("an administrator ends somebody's sessions at once", async () => {
      const person = await signedIn(context.db, "user", { companyId: people.companyId });
      await createSession(context.db, { userId: person.id, ipAddress: "192.0.2.3" });
      const { token } = people.byRole.admin;
      const ended = await server.call(`DELETE /api/sessions?userId=${person.id}`, { token });
      expect(ended.body).toEqual({ ended: 2 });
      expect((await server.call("GET /api/auth/me", { token: person.token })).status).toBe(401);
    });
  });
});
