import { getMailState, getSecurityEvents, queueMail, takeDueMail } from "@nerve/database";
import { afterEach, expect, test } from "vitest";
import { createTestUser } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type MailServer, startMailServer, textOf, tokenIn } from "../support/mail-server.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("mails that wait", (context) => {
  const facts = { token: "token", expiresAt: "2026-03-02T00:00:00.000Z" };
  const started: { readonly close: () => Promise<void> }[] = [];
  const kept = <T extends { readonly close: () => Promise<void> }>(one: T): T => {
    started.unshift(one);
    return one;
  };
  const start = async (options?: Parameters<typeof startMailServer>[0]): Promise<MailServer> =>
    kept(await startMailServer(options));
  const serve = async (url: string, db = context.db): Promise<TestServer> =>
    kept(await serveTest(db, { NERVE_SMTP_URL: url }));

  afterEach(async () => {
    for (const one of started.splice(0)) await one.close();
  });

  /** A port of loopback that nobody listens on. */
  async function closedPort(): Promise<number> {
    const server = await startMailServer();
    await server.close();
    return server.port;
  }

  /** Waits until the work after answers is done, and sending its mails was tried. */
  async function untilTried({ server }: TestServer): Promise<void> {
    await server.background.settle();
    await server.mailer.deliver();
  }

  test("while the mail server is down a request is taken, and its mail comes later, from another process", async () => {
    const port = await closedPort();
    const down = await serve(`smtp://127.0.0.1:${port}`);
    const { email } = await createTestUser(context.db);
    const answer = await down.call("POST /api/auth/password/reset-request", { body: { email } });
    expect(answer.status).toBe(202);
    await untilTried(down);
    const log = down.logLines.join("");
    expect(log).toContain("a mail could not be sent, and is tried again");
    expect(log).not.toContain("#token=");
    expect(log).not.toContain(email);
    expect(await getMailState(context.db)).toMatchObject({ waiting: 1, failing: 1, lastError: "ECONNREFUSED" });

    const mailServer = await start({ port });
    const up = await serve(`smtp://127.0.0.1:${port}`);
    await up.server.mailer.deliver();
    expect(mailServer.count()).toBe(0);
    context.clock.advance({ seconds: 15 });
    await up.server.mailer.deliver();
    const mail = await mailServer.next();
    expect(mail).toContain(`To: ${email}`);
    expect(tokenIn(mail)).not.toBe("");
    expect(await getMailState(context.db)).toMatchObject({ waiting: 0 });
  });

  test("two servers on one database send each mail once", async () => {
    const mailServer = await start();
    const other = await serve(mailServer.url, await context.openAnother({ clock: context.clock }));
    const one = await serve(mailServer.url);
    const tokens = Array.from({ length: 12 }, (_, index) => `token-${index}`);
    for (const token of tokens) {
      const { id: userId } = await createTestUser(context.db);
      await queueMail(context.db, { userId, kind: "password-reset", facts: { ...facts, token } });
    }
    await Promise.all([one.server.mailer.deliver(), other.server.mailer.deliver()]);
    const received = await Promise.all(tokens.map(async () => tokenIn(await mailServer.next())));
    expect(received.toSorted()).toEqual(tokens.toSorted());
    expect(mailServer.count()).toBe(tokens.length);
  });

  test("a mail that the mail server refuses for good is given up, which the event and the log tell", async () => {
    const mailServer = await start({ onRcptTo: (_address, _session, done) => done(new Error("nobody here")) });
    const server = await serve(mailServer.url);
    const { id: userId } = await createTestUser(context.db);
    await queueMail(context.db, { userId, kind: "password-reset", facts });
    await server.server.mailer.deliver();
    expect(await getMailState(context.db)).toMatchObject({ waiting: 0 });
    const { items } = await getSecurityEvents(context.db, { eventType: "mail_failed" });
    expect(items[0]).toMatchObject({ userId, metadataJson: { kind: "password-reset", error: "EENVELOPE 550" } });
    expect(server.logLines.join("")).not.toContain("nobody here");
    const metrics = (await server.call("GET /metrics")).text;
    expect(metrics).toContain("nerve_mails_given_up 1");
    expect(metrics).toContain('nerve_mails_waiting{state="waiting"} 0');
  });

  test("a mail that another version of NERVE has queued is given up, not repeated for ever", async () => {
    const mailServer = await start();
    const server = await serve(mailServer.url);
    const { id: userId } = await createTestUser(context.db);
    await queueMail(context.db, { userId, kind: "of-tomorrow" });
    await queueMail(context.db, { userId, kind: "password-reset", facts });
    await server.server.mailer.deliver();
    expect(textOf(await mailServer.next())).toContain("password");
    expect(mailServer.count()).toBe(1);
    expect(await takeDueMail(context.db)).toBeNull();
  });
});
