import { validateApiKey, createApiKey, listUserSessions } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  createTestCompany,
  createTestUser,
  testPassword,
  uniqueWord,
} from "../../../database/test/support/people/accounts.ts";
import { enableTwoFactor } from "../../../database/test/support/people/codes.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { startMailServer, tokenIn } from "../support/mail-server.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const newPassword = "quiet harbour lantern nine";

describeOnEachEngine("Accounts where no mail is set up", (context) => {
  let server: TestServer;
  let companyId: number;
  let admin: Person;
  beforeAll(async () => {
    server = await serveTest(context.db, { NERVE_PUBLIC_URL: "https://nerve.example.org" });
    companyId = (await createTestCompany(context.db, { max_seats: 1000 })).id;
    admin = await signedIn(context.db, "admin", { companyId });
  });
  afterAll(() => server.close());

  const signIn = (email: string, password: string) =>
    server.call("POST /api/auth/sign-in", { body: { email, password } });
  const useLink = (link: string) => {
    const token = new URL(link).hash.slice("#token=".length);
    return server.call("POST /api/auth/password/reset", { body: { token, newPassword } });
  };
  const linkFor = async (id: number, token = admin.token) =>
    server.call(`POST /api/users/${id}/password-link`, { token });

  test("an invitation link is shown once to the administrator, and opens the account once", async () => {
    const email = `${uniqueWord()}@example.org`;
    const made = await server.call("POST /api/users", { token: admin.token, body: { email, role: "analyst" } });
    const { status, body, headers } = await linkFor(made.body.id);
    expect(status).toBe(201);
    expect(headers.get("cache-control")).toContain("no-store");
    expect(body.link).toMatch(/^https:\/\/nerve\.example\.org\/reset-password#token=.{40,}$/);
    expect((await useLink(body.link)).status).toBe(204);
    expect((await useLink(body.link)).body.code).toBe("TOKEN_INVALID");
    const entered = await signIn(email, newPassword);
    expect(entered.body).toMatchObject({ status: "signed-in", user: { emailVerified: true, status: "active" } });
    const { items } = (await server.call("GET /api/audit", { token: admin.token })).body;
    expect(items).toContainEqual(
      expect.objectContaining({ action: "password_link_shown", userId: admin.id, resourceId: made.body.id }),
    );
    expect(JSON.stringify(items)).not.toContain(new URL(body.link).hash.slice(7));
    expect(server.logLines.join("")).not.toContain(new URL(body.link).hash.slice(7));
  });

  test("a link is good for a day", async () => {
    const { id, email } = await createTestUser(context.db, { company_id: companyId });
    const { body } = await linkFor(id, (await signedIn(context.db, "admin", { companyId })).token);
    context.clock.advance({ hours: 23 });
    const { body: second } = await linkFor(id, (await signedIn(context.db, "admin", { companyId })).token);
    expect((await signIn(email, testPassword)).body.status).toBe("signed-in");
    context.clock.advance({ hours: 25 });
    expect((await useLink(body.link)).body.code).toBe("TOKEN_INVALID");
    expect((await useLink(second.link)).body.code).toBe("TOKEN_INVALID");
    admin = await signedIn(context.db, "admin", { companyId });
  });

  test("a reset by link ends sessions and API keys, and leaves the second factor", async () => {
    const user = await signedIn(context.db, "analyst", { companyId });
    await enableTwoFactor(context.db, context.clock, user.id);
    const { key } = await createApiKey(context.db, { userId: user.id, name: "Nightly" });
    expect((await useLink((await linkFor(user.id)).body.link)).status).toBe(204);
    expect((await listUserSessions(context.db, user.id)).items).toEqual([]);
    expect(await validateApiKey(context.db, key)).toBeNull();
    expect((await signIn(user.email, newPassword)).body.status).toBe("second-factor-needed");
  });

  test("a lost second factor is taken away, and the password alone signs in", async () => {
    const user = await signedIn(context.db, "analyst", { companyId });
    await enableTwoFactor(context.db, context.clock, user.id);
    const reset = await server.call(`POST /api/users/${user.id}/two-factor-reset`, { token: admin.token });
    expect(reset.body).toMatchObject({ id: user.id, twoFactorEnabled: false });
    expect((await listUserSessions(context.db, user.id)).items).toEqual([]);
    expect((await signIn(user.email, testPassword)).body.status).toBe("signed-in");
  });

  test("attack: nobody gets a link or takes a factor without rank, reach and a fresh sign-in", async () => {
    const root = await createTestUser(context.db, { role: "super_admin" });
    const { id: elsewhere } = await createTestCompany(context.db);
    const stranger = await createTestUser(context.db, { company_id: elsewhere });
    const colleague = await createTestUser(context.db, { company_id: companyId });
    const { id: suspended } = await createTestUser(context.db, { company_id: companyId, status: "suspended" });
    const analyst = await signedIn(context.db, "analyst", { companyId });
    const { key } = await createApiKey(context.db, { userId: admin.id, name: "All", permissions: ["*"] });
    const stale = await signedIn(context.db, "admin", { companyId });
    context.clock.advance({ minutes: 11 });
    const { token } = await signedIn(context.db, "admin", { companyId });
    for (const action of ["password-link", "two-factor-reset"]) {
      const refusal = async (id: number, by: string) => {
        const { status, body } = await server.call(`POST /api/users/${id}/${action}`, { token: by });
        return [status, body.code];
      };
      expect(await refusal(root.id, token)).toEqual([404, "NOT_FOUND"]);
      expect(await refusal(stranger.id, token)).toEqual([404, "NOT_FOUND"]);
      expect((await refusal(colleague.id, key))[0]).toBe(403);
      expect(await refusal(colleague.id, stale.token)).toEqual([403, "FRESH_SIGN_IN_NEEDED"]);
      expect(await refusal(colleague.id, analyst.token)).toEqual([403, "PERMISSION_DENIED"]);
    }
    const higher = await createTestUser(context.db, { role: "super_admin", company_id: companyId });
    expect((await linkFor(higher.id, token)).body.code).toBe("PERMISSION_DENIED");
    expect((await linkFor(suspended, token)).body.code).toBe("USER_SUSPENDED");
  });

  test("attack: where mail is set up, links go to people's own mailboxes only", async () => {
    const mailServer = await startMailServer();
    const mailing = await serveTest(context.db, { NERVE_SMTP_URL: mailServer.url });
    const { token } = await signedIn(context.db, "admin", { companyId });
    const email = `${uniqueWord()}@example.org`;
    const { body: user } = await mailing.call("POST /api/users", { token, body: { email, role: "user" } });
    const shown = await mailing.call(`POST /api/users/${user.id}/password-link`, { token });
    expect([shown.status, shown.body.code]).toEqual([409, "MAIL_SET_UP"]);
    context.clock.advance({ hours: 23 });
    const body = { token: tokenIn(await mailServer.next()), newPassword };
    expect((await mailing.call("POST /api/auth/password/reset", { body })).status).toBe(204);
    await mailing.close();
    await mailServer.close();
  });
});
