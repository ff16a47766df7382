import { confirmTwoFactor, enrolTwoFactor } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  alterTestUser,
  createTestUser,
  testPassword,
  uniqueWord,
} from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { codeAt } from "../authorization/route-table.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("signing in", (context) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await serveTest(context.db);
  });
  afterAll(() => server.close());

  const signIn = (email: string, password = testPassword) =>
    server.call("POST /api/auth/sign-in", { body: { email, password } });
  const whoIs = (token: string) => server.call("GET /api/auth/me", { token });

  test("gives tokens that work, and the user without any secret", async () => {
    const { email, id } = await createTestUser(context.db);
    const { status, body, text } = await signIn(email.toUpperCase());
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: "signed-in", user: { id, email } });
    expect(text).not.toMatch(/argon2|Hash|secret/i);
    expect((await whoIs(body.token)).body.id).toBe(id);
  });

  test("attack: an unknown address and a wrong password get the very same answer", async () => {
    const { email } = await createTestUser(context.db);
    const wrong = await signIn(email, "not the password at all");
    const unknown = await signIn(`${uniqueWord()}@example.org`);
    expect([wrong.status, wrong.body.code]).toEqual([401, "WRONG_CREDENTIALS"]);
    expect({ ...unknown.body, requestId: "" }).toEqual({ ...wrong.body, requestId: "" });
  });

  test("tells only who knows the password that the account is suspended or not confirmed", async () => {
    const suspended = await createTestUser(context.db, { status: "suspended" });
    const pending = await createTestUser(context.db, { status: "pending_verification", email_verified: false });
    expect((await signIn(suspended.email)).body.code).toBe("ACCOUNT_SUSPENDED");
    expect((await signIn(pending.email)).body.code).toBe("EMAIL_NOT_VERIFIED");
    expect((await signIn(suspended.email, "not the password at all")).body.code).toBe("WRONG_CREDENTIALS");
  });

  test("is refused for a time after too many failures, and says for how long", async () => {
    const { email } = await createTestUser(context.db);
    for (let count = 0; count < 5; count += 1) await signIn(email, "not the password at all");
    const { status, body, headers } = await signIn(email);
    expect([status, body.code]).toEqual([403, "ACCOUNT_LOCKED"]);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(60);
  });

  test("what the refusal advises helps: an administrator sees it, lifts it, and the user signs in", async () => {
    const user = await createTestUser(context.db);
    const admin = await signedIn(context.db, "super_admin");
    for (let count = 0; count < 5; count += 1) await signIn(user.email, "not the password at all");
    const refused = await signIn(user.email);
    expect(refused.body).toMatchObject({ code: "ACCOUNT_LOCKED", help: expect.stringContaining("administrator") });
    const { token } = admin;
    const seen = await server.call(`GET /api/users/${user.id}`, { token });
    expect(Date.parse(seen.body.signInRefusedUntil)).toBeGreaterThan(context.clock.now().getTime());
    const unlocked = await server.call(`POST /api/users/${user.id}/unlock`, { token });
    expect([unlocked.status, unlocked.body.signInRefusedUntil]).toEqual([200, null]);
    expect((await signIn(user.email)).body.status).toBe("signed-in");
  });

  test("attack: strangers keep nobody out of a browser or a program that signed in before, wherever it is", async () => {
    const { email } = await createTestUser(context.db);
    const site = { origin: server.url, "sec-fetch-site": "same-origin" };
    const enter = (body: object, headers = {}) =>
      server.call("POST /api/auth/sign-in", { body: { email, password: testPassword, ...body }, headers });
    const { deviceToken } = (await enter({})).body;
    const browser = await enter({ transport: "cookie" }, site);
    expect(browser.body).not.toHaveProperty("deviceToken");
    const cookie = browser.headers.getSetCookie().find((line) => line.includes("nerve_device"));
    expect(cookie).toMatch(/^__Host-nerve_device=[^;]+;.*HttpOnly; Secure; SameSite=Strict/);
    for (let count = 0; count < 6; count += 1) await signIn(email, "not the password at all");
    expect((await signIn(email)).body.code).toBe("ACCOUNT_LOCKED");
    expect((await enter({ deviceToken })).body.status).toBe("signed-in");
    const known = { ...site, cookie: cookie?.split(";")[0] ?? "" };
    expect((await enter({ transport: "cookie" }, known)).body.status).toBe("signed-in");
  });

  test("attack: whoever hammers an account does not end the sessions it has", async () => {
    const person = await signedIn(context.db, "user");
    for (let count = 0; count < 6; count += 1) await signIn(person.email, "not the password at all");
    expect((await whoIs(person.token)).status).toBe(200);
  });

  test("with a second factor takes both, and each code once", async () => {
    const { email, id } = await createTestUser(context.db);
    const { secret } = await enrolTwoFactor(context.db, id);
    const { backupCodes } = await confirmTwoFactor(context.db, id, { code: codeAt(secret, context.clock.now()) });
    context.clock.advance({ minutes: 1 });

    const first = await signIn(email);
    expect(first.body).toMatchObject({ status: "second-factor-needed" });
    expect(first.body).not.toHaveProperty("token");
    const { challenge } = first.body;
    expect((await whoIs(challenge)).status).toBe(401);

    const give = (code: string) => server.call("POST /api/auth/second-factor", { body: { challenge, code } });
    expect((await give("000000")).body.code).toBe("WRONG_CODE");
    const code = codeAt(secret, context.clock.now());
    const done = await give(code);
    expect(done.body.status).toBe("signed-in");
    expect((await give(code)).body.code).toBe("WRONG_CODE");
    expect((await give(backupCodes[0] ?? "")).body.status).toBe("signed-in");
    expect((await whoIs(done.body.token)).body.twoFactorEnabled).toBe(true);
  });

  test("with a password that has to be changed takes a new one first", async () => {
    const { email } = await createTestUser(context.db, { must_change_password: true });
    const first = await signIn(email);
    expect(first.body.status).toBe("password-change-needed");
    const { challenge } = first.body;
    const set = (newPassword: string) =>
      server.call("POST /api/auth/new-password", { body: { challenge, newPassword } });
    expect((await set("short")).body.issues[0].field).toBe("newPassword");
    expect((await set("quiet harbour lantern nine")).body.status).toBe("signed-in");
    expect((await signIn(email, "quiet harbour lantern nine")).body.status).toBe("signed-in");
  });

  test("a session whose user must change the password can do nothing else", async () => {
    const person = await signedIn(context.db, "admin");
    await alterTestUser(context.db, person.id, { must_change_password: true });
    const { token } = person;
    expect((await server.call("GET /api/users", { token })).body.code).toBe("PASSWORD_CHANGE_NEEDED");
    expect((await whoIs(token)).status).toBe(200);
    const body = { currentPassword: testPassword, newPassword: "quiet harbour lantern nine" };
    expect((await server.call("POST /api/auth/password", { token, body })).status).toBe(204);
    expect((await server.call("GET /api/users", { token })).status).toBe(200);
  });

  test("a new password ends every other session, and the old password is no longer good", async () => {
    const person = await signedIn(context.db, "user");
    const other = await signIn(person.email);
    const body = { currentPassword: testPassword, newPassword: "quiet harbour lantern nine" };
    const wrong = { ...body, currentPassword: "not the password at all" };
    const refused = await server.call("POST /api/auth/password", { token: person.token, body: wrong });
    expect([refused.status, refused.body.issues[0].field]).toEqual([400, "currentPassword"]);
    expect((await server.call("POST /api/auth/password", { token: person.token, body })).status).toBe(204);
    expect((await whoIs(other.body.token)).status).toBe(401);
    expect((await whoIs(person.token)).status).toBe(200);
    expect((await signIn(person.email)).status).toBe(401);
  });

  describe("tokens", () => {
    const refresh = (refreshToken: string, headers = {}) =>
      server.call("POST /api/auth/refresh", { body: { refreshToken }, headers });

    test("are exchanged for new ones, and the old ones are no longer good", async () => {
      const person = await signedIn(context.db, "user");
      const { body } = await refresh(person.refreshToken);
      expect((await whoIs(body.token)).status).toBe(200);
      expect((await whoIs(person.token)).status).toBe(401);
    });

    test("are the same for two tabs that ask at once", async () => {
      const person = await signedIn(context.db, "user");
      const [one, other] = await Promise.all([refresh(person.refreshToken), refresh(person.refreshToken)]);
      expect(other?.body).toEqual(one?.body);
      expect((await whoIs(one?.body.token)).status).toBe(200);
    });

    test("attack: a refresh token used twice ends the session for both", async () => {
      const person = await signedIn(context.db, "user");
      const { body } = await refresh(person.refreshToken);
      expect((await refresh(person.refreshToken, { "user-agent": "Thief/1.0" })).status).toBe(401);
      expect((await whoIs(body.token)).status).toBe(401);
      expect((await refresh(body.refreshToken)).status).toBe(401);
    });

    test("end with signing out", async () => {
      const person = await signedIn(context.db, "user");
      expect((await server.call("POST /api/auth/sign-out", { token: person.token })).status).toBe(204);
      expect((await whoIs(person.token)).status).toBe(401);
      expect((await refresh(person.refreshToken)).status).toBe(401);
    });

    test("end when their time is over, and when they are not used", async () => {
      const person = await signedIn(context.db, "user");
      context.clock.advance({ hours: 7 });
      expect((await whoIs(person.token)).status).toBe(200);
      context.clock.advance({ hours: 9 });
      expect((await whoIs(person.token)).status).toBe(401);
    });
  });

  describe("what takes a fresh sign-in", () => {
    test("is refused to a session of some time ago, until the password is entered again", async () => {
      const person = await signedIn(context.db, "user");
      const enrol = (token: string) => server.call("POST /api/auth/two-factor/enrol", { token });
      context.clock.advance({ minutes: 11 });
      expect((await enrol(person.token)).body.code).toBe("FRESH_SIGN_IN_NEEDED");
      const again = (password: string) =>
        server.call("POST /api/auth/reauthenticate", { token: person.token, body: { password } });
      expect((await again("not the password at all")).status).toBe(401);
      const { body } = await again(testPassword);
      expect((await enrol(body.token)).status).toBe(200);
    });

    test("the session that the password was entered in again is replaced", async () => {
      const person = await signedIn(context.db, "user");
      const body = { password: testPassword };
      const answer = await server.call("POST /api/auth/reauthenticate", { token: person.token, body });
      expect(answer.body.token).not.toBe(person.token);
      expect((await whoIs(person.token)).status).toBe(401);
    });

    test("a refreshed session is no fresher for it", async () => {
      const person = await signedIn(context.db, "user");
      context.clock.advance({ minutes: 11 });
      const { body } = await server.call("POST /api/auth/refresh", { body: { refreshToken: person.refreshToken } });
      const { token } = body;
      expect((await server.call("POST /api/auth/two-factor/enrol", { token })).body.code).toBe("FRESH_SIGN_IN_NEEDED");
    });
  });
});
