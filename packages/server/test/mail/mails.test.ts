import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { fetchAll } from "../../../database/src/database/statement.ts";
import { createTestUser, testPassword, uniqueWord } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type MailServer, startMailServer, textOf, tokenIn } from "../support/mail-server.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const newPassword = "quiet harbour lantern nine";

describeOnEachEngine("mails", (context) => {
  let server: TestServer;
  let mailServer: MailServer;

  beforeAll(async () => {
    mailServer = await startMailServer();
    server = await serveTest(context.db, {
      NERVE_SMTP_URL: mailServer.url,
      NERVE_MAIL_FROM: "NERVE <nerve@example.org>",
      NERVE_PUBLIC_URL: "https://nerve.example.org",
    });
  });
  afterAll(async () => {
    await server.close();
    await mailServer.close();
  });

  beforeEach(async () => {
    await server.server.mailer.deliver();
    mailServer.forget();
  });

  const requestReset = (email: string) => server.call("POST /api/auth/password/reset-request", { body: { email } });
  const reset = (token: string, password = newPassword) =>
    server.call("POST /api/auth/password/reset", { body: { token, newPassword: password } });

  test("the link to set a new password works once, and ends every session", async () => {
    const person = await signedIn(context.db, "user");
    expect((await requestReset(person.email)).status).toBe(202);
    const mail = await mailServer.next();
    expect(mail).toContain(`To: ${person.email}`);
    expect(textOf(mail)).toContain("https://nerve.example.org/reset-password#token=");
    const token = tokenIn(mail);
    expect((await reset(token, "short")).body.issues[0].field).toBe("newPassword");
    expect((await reset(token)).status).toBe(204);
    expect((await reset(token)).body.code).toBe("TOKEN_INVALID");
    expect((await server.call("GET /api/auth/me", { token: person.token })).status).toBe(401);
    const signIn = { body: { email: person.email, password: newPassword } };
    expect((await server.call("POST /api/auth/sign-in", signIn)).body.status).toBe("signed-in");
  });

  test("attack: asking for an unknown address gets the same answer, and no mail", async () => {
    const before = mailServer.count();
    const unknown = await requestReset(`${uniqueWord()}@example.org`);
    const known = await requestReset((await createTestUser(context.db)).email);
    expect([unknown.status, unknown.text]).toEqual([known.status, known.text]);
    await mailServer.next();
    expect(mailServer.count()).toBe(before + 1);
  });

  test("attack: what is done for an address is done after the answer, whose time tells nothing of it", async () => {
    const { id, email } = await createTestUser(context.db);
    const links = () =>
      fetchAll(context.db, context.db.sql.selectFrom("password_reset_links").select("id").where("user_id", "=", id));
    const begun: (() => Promise<void>)[] = [];
    const run = vi.spyOn(server.server.background, "run").mockImplementation((work) => void begun.push(work));
    for (const asked of [email, `${uniqueWord()}@example.org`]) expect((await requestReset(asked)).status).toBe(202);
    run.mockRestore();
    expect([begun.length, await links()]).toEqual([2, []]);
    for (const work of begun) await work();
    expect(await links()).toHaveLength(1);
    expect(await mailServer.next()).toContain(`To: ${email}`);
  });

  test("a new user without a password gets a link to set one", async () => {
    const admin = await signedIn(context.db, "super_admin");
    const email = `${uniqueWord()}@example.org`;
    const body = { email, role: "analyst" };
    expect((await server.call("POST /api/users", { token: admin.token, body })).status).toBe(201);
    expect((await reset(tokenIn(await mailServer.next()))).status).toBe(204);
    const signIn = { body: { email, password: newPassword } };
    expect((await server.call("POST /api/auth/sign-in", signIn)).body.status).toBe("signed-in");
  });

  test("an address is confirmed by its link, which a sign-in sends again", async () => {
    const { email } = await createTestUser(context.db, { status: "pending_verification", email_verified: false });
    const signIn = () => server.call("POST /api/auth/sign-in", { body: { email, password: testPassword } });
    expect((await signIn()).body.code).toBe("EMAIL_NOT_VERIFIED");
    const mail = await mailServer.next();
    expect(textOf(mail)).toContain("https://nerve.example.org/verify-email#token=");
    const verify = () => server.call("POST /api/auth/email/verify", { body: { token: tokenIn(mail) } });
    expect((await verify()).status).toBe(204);
    expect((await verify()).body.code).toBe("TOKEN_INVALID");
    expect((await signIn()).body.status).toBe("signed-in");
  });

  test("a new address waits for its link, which the person themself can ask for, and both addresses are told", async () => {
    const person = await signedIn(context.db, "user");
    const email = `${uniqueWord()}@example.org`;
    const answer = await server.call("POST /api/auth/email", { token: person.token, body: { email } });
    expect(answer.body).toMatchObject({ email: person.email, pendingEmail: email });
    await server.server.mailer.deliver();
    const mails = [await mailServer.next(), await mailServer.next()];
    const link = mails.find((mail) => mail.includes(`To: ${email}`)) ?? "";
    const warning = mails.find((mail) => mail.includes(`To: ${person.email}`)) ?? "";
    expect(textOf(warning)).toContain("127.0.0.1");
    expect(textOf(warning)).not.toContain("#token=");
    const verify = () => server.call("POST /api/auth/email/verify", { body: { token: tokenIn(link) } });
    expect((await verify()).status).toBe(204);
    expect((await verify()).body.code).toBe("TOKEN_INVALID");
    expect((await server.call("GET /api/auth/me", { token: person.token })).status).toBe(401);
    await server.server.mailer.deliver();
    const told = [await mailServer.next(), await mailServer.next()];
    expect(told.map((mail) => /^To: (.*)\r$/m.exec(mail)?.[1] ?? "").toSorted()).toEqual(
      [email, person.email].toSorted(),
    );
    const signIn = { body: { email, password: testPassword } };
    expect((await server.call("POST /api/auth/sign-in", signIn)).body.status).toBe("signed-in");
  });

  test("a changed password is told to its owner, without a link", async () => {
    const person = await signedIn(context.db, "user");
    const body = { currentPassword: testPassword, newPassword };
    expect((await server.call("POST /api/auth/password", { token: person.token, body })).status).toBe(204);
    await server.server.mailer.deliver();
    const mail = await mailServer.next();
    expect(mail).toContain(`To: ${person.email}`);
    expect(textOf(mail)).toMatch(/When: .* UTC\r?\nWho: .*\r?\nFrom: 127\.0\.0\.1/);
    expect(textOf(mail)).not.toContain("://");
  });

  test("attack: an address with line breaks is refused before it could become headers", async () => {
    const admin = await signedIn(context.db, "super_admin");
    for (const email of ["a@example.org\r\nBcc: all@example.org", "a@example.org\nSubject: Hello", "a,b@example.org"]) {
      const body = { email, role: "user" };
      expect((await server.call("POST /api/users", { token: admin.token, body })).status).toBe(400);
    }
  });

  test("without a mail server the answer is the same", async () => {
    const without = await serveTest(context.db);
    const { email } = await createTestUser(context.db);
    expect((await without.call("POST /api/auth/password/reset-request", { body: { email } })).status).toBe(202);
    await without.close();
    expect(without.logLines.join("")).toContain("NERVE_SMTP_URL is not set");
  });
});
