import { createApiKey, type Database, makePasswordLink, resetUserTwoFactor, type UserRole } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alterTestUser, createTestCompany, testPassword } from "../../../database/test/support/people/accounts.ts";
import { codeAt, enableTwoFactor } from "../../../database/test/support/people/codes.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const day = 86_400_000;
const otherPassword = "quiet harbour lantern nine";

/** A way to a credential: it gives the token, or undefined where it gives none. */
type Way = (person: Person) => Promise<string | undefined>;

describeOnEachEngine("attack: getting round the second factor that is demanded", (context) => {
  let db: Database;
  let server: TestServer;
  beforeAll(async () => {
    const twoFactorRoles: UserRole[] = ["super_admin", "admin", "analyst"];
    db = await context.openAnother({ accountPolicy: { twoFactorRoles, twoFactorGraceDays: 7 } });
    server = await serveTest(db, { NERVE_PUBLIC_URL: "https://nerve.example.org" });
  });
  afterAll(() => server.close());

  /** Somebody who has had an account for longer than they may be without a factor. */
  async function overdue(role: UserRole = "super_admin"): Promise<Person> {
    const person = await signedIn(db, role);
    await alterTestUser(db, person.id, { created_at: new Date(context.clock.now().getTime() - 8 * day) });
    return person;
  }
  const signIn = async ({ email }: { email: string }, password = testPassword) =>
    (await server.call("POST /api/auth/sign-in", { body: { email, password } })).body;
  const codeOf = async (route: string, token: string | undefined) => (await server.call(route, { token })).body.code;
  async function resetPassword({ id }: Person): Promise<void> {
    const { token } = await makePasswordLink(db, { id });
    await server.call("POST /api/auth/password/reset", { body: { token, newPassword: otherPassword } });
  }

  const ways: Readonly<Record<string, Way>> = {
    "a session from before": async ({ token }) => token,
    "the password": async (person) => (await signIn(person)).token,
    "a refresh": async ({ refreshToken }) =>
      (await server.call("POST /api/auth/refresh", { body: { refreshToken } })).body.token,
    "the password, entered again": async ({ token }) =>
      (await server.call("POST /api/auth/reauthenticate", { token, body: { password: testPassword } })).body.token,
    "a link to set a password": async (person) => {
      await resetPassword(person);
      return (await signIn(person, otherPassword)).token;
    },
    "a forced change of the password": async (person) => {
      await alterTestUser(db, person.id, { must_change_password: true });
      const { challenge } = await signIn(person);
      const body = { challenge, newPassword: otherPassword };
      return (await server.call("POST /api/auth/new-password", { body })).body.token;
    },
    "a factor that an administrator took away": async (person) => {
      await enableTwoFactor(db, context.clock, person.id);
      await resetUserTwoFactor(db, { id: person.id });
      return (await signIn(person)).token;
    },
  };

  describe("an account that has none in time reaches nothing but its set-up", () => {
    test.each(Object.entries(ways))("by %s", async (_, enter) => {
      const token = await enter(await overdue());
      expect(token).toEqual(expect.any(String));
      expect(await codeOf("GET /api/users", token)).toBe("SECOND_FACTOR_NEEDED");
      expect(await codeOf("POST /api/keys", token)).toBe("SECOND_FACTOR_NEEDED");
      expect((await server.call("GET /api/auth/me", { token })).status).toBe(200);
    });

    test("nor do its keys open anything until it has one", async () => {
      const person = await overdue();
      const { key } = await createApiKey(db, { userId: person.id, name: "Nightly", permissions: ["*"] });
      expect(await codeOf("GET /api/users", key)).toBe("UNAUTHENTICATED");
      await enableTwoFactor(db, context.clock, person.id);
      expect((await server.call("GET /api/users", { token: key })).status).toBe(200);
    });

    test("by any route", async () => {
      const { token } = await overdue();
      const open = new Set(["account:read", "account:sign-out", "account:reauthenticate", "account:two-factor"]);
      const routes = server.server.declaredRoutes().filter(({ access }) => access !== "anybody" && !open.has(access));
      expect(routes.length).toBeGreaterThan(40);
      for (const { method, url } of routes) {
        const route = `${method} ${url.replaceAll(/:\w+/g, "1")}`;
        expect([route, await codeOf(route, token)]).toEqual([route, "SECOND_FACTOR_NEEDED"]);
      }
    });

    test("which opens everything again", async () => {
      const { token } = await signIn(await overdue());
      const { body } = await server.call("POST /api/auth/two-factor/enrol", { token });
      const code = codeAt(body.secret, context.clock.now());
      expect((await server.call("POST /api/auth/two-factor/confirm", { token, body: { code } })).status).toBe(200);
      expect((await server.call("GET /api/users", { token })).status).toBe(200);
    });
  });

  test("sign-in and the account itself say by when it has to be set up", async () => {
    const person = await signedIn(db, "admin");
    const due = new Date(context.clock.now().getTime() + 7 * day).toISOString();
    const { secondFactorDue, token } = await signIn(person);
    const { session } = (await server.call("GET /api/auth/me", { token })).body;
    expect([secondFactorDue, session.secondFactorDue]).toEqual([due, due]);
    expect((await server.call("GET /api/users", { token })).status).toBe(200);
  });

  test("a company's administrator demands it of the company, and everybody there is told and held to it", async () => {
    const { id: companyId } = await createTestCompany(db);
    const admin = await signedIn(db, "admin", { companyId });
    const user = await signedIn(db, "user", { companyId });
    const ask = (graceDays: number) =>
      server.call(`POST /api/companies/${companyId}/two-factor`, { token: admin.token, body: { graceDays } });
    const dueOf = async ({ token }: Person) =>
      (await server.call("GET /api/auth/me", { token })).body.session.secondFactorDue;
    const inDays = (days: number) => new Date(context.clock.now().getTime() + days * day).toISOString();
    expect(await dueOf(user)).toBeNull();
    expect((await ask(3)).body).toMatchObject({ id: companyId, twoFactorGraceDays: 3 });
    expect([await dueOf(user), await dueOf(admin)]).toEqual([inDays(3), inDays(3)]);
    await ask(0);
    expect(await codeOf("GET /api/xasm/scans", user.token)).toBe("SECOND_FACTOR_NEEDED");
    // Whoever demanded it is held to it as well, and has to set one up to take it back.
    expect((await ask(30)).body.code).toBe("SECOND_FACTOR_NEEDED");
  });

  test("what a super administrator demands of a company is not its administrator's to waive or to put off", async () => {
    const { id: companyId } = await createTestCompany(db);
    const admin = await signedIn(db, "admin", { companyId });
    const superAdmin = await signedIn(db, "super_admin");
    const path = `/api/companies/${companyId}/two-factor`;
    const ask = ({ token }: Person, graceDays: number) => server.call(`POST ${path}`, { token, body: { graceDays } });
    const waive = async ({ token }: Person) => server.call(`DELETE ${path}`, { token });
    expect((await ask(superAdmin, 5)).body).toMatchObject({ twoFactorDemandedBy: "super_admin" });
    for (const { status, body } of [await waive(admin), await ask(admin, 6)]) {
      expect([status, body.code, body.help]).toEqual([403, "PERMISSION_DENIED", "Ask a super_admin."]);
      expect(body.detail).toContain("demanded by a super_admin");
    }
    expect((await ask(admin, 4)).body).toMatchObject({ twoFactorGraceDays: 4, twoFactorDemandedBy: "super_admin" });
    expect((await waive(superAdmin)).body).toMatchObject({ twoFactorDemandedAt: null, twoFactorDemandedBy: null });
  });

  test("it is demanded of the roles that are named, from the day that is named on", async () => {
    const named = await overdue("analyst");
    const other = await overdue("user");
    expect(await codeOf("GET /api/xasm/scans", named.token)).toBe("SECOND_FACTOR_NEEDED");
    expect((await server.call("GET /api/xasm/scans", { token: other.token })).status).toBe(200);
    const twoFactorFrom = new Date(context.clock.now().getTime() + day);
    const later = await context.openAnother({ accountPolicy: { twoFactorRoles: ["analyst"], twoFactorFrom } });
    const another = await serveTest(later);
    try {
      const { token } = named;
      const { session } = (await another.call("GET /api/auth/me", { token })).body;
      expect(session.secondFactorDue).toBe(twoFactorFrom.toISOString());
      expect((await another.call("GET /api/xasm/scans", { token })).status).toBe(200);
    } finally {
      await another.close();
    }
  });

  test("a factor that is there is asked for by every way in", async () => {
    const person = await overdue();
    await enableTwoFactor(db, context.clock, person.id);
    expect((await signIn(person)).status).toBe("second-factor-needed");
    await resetPassword(person);
    await alterTestUser(db, person.id, { must_change_password: true });
    const answer = await signIn(person, otherPassword);
    expect(answer).toMatchObject({ status: "second-factor-needed" });
    const body = { challenge: answer.challenge, newPassword: "violet harbour wakes early" };
    expect((await server.call("POST /api/auth/new-password", { body })).body.code).toBe("TOKEN_INVALID");
  });
});
