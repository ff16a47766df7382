import { afterEach, describe, expect, test } from "vitest";
import { createLogger } from "../../src/index.ts";
import { requiresStartTls } from "../../src/mail/connection.ts";
import { describeFailure } from "../../src/mail/failure.ts";
import { createMailTransport } from "../../src/mail/index.ts";
import { mailServer } from "../../src/settings/mail-server.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";

const password = "canary-of-the-mail-server";
const mail = { to: "ada@example.org", subject: "A link", text: "https://nerve.example.org/#token=canary-of-a-link" };

function parse(url: string) {
  const server = mailServer.parse(url);
  if (server === undefined) throw new Error(`no mail server: ${url}`);
  return server;
}

describe("the connection to the mail server", () => {
  const started: MailServer[] = [];

  async function start(options: Parameters<typeof startMailServer>[0]): Promise<MailServer> {
    const server = await startMailServer(options);
    started.push(server);
    return server;
  }

  afterEach(async () => {
    for (const server of started.splice(0)) await server.close();
  });

  /** Sends one mail, and gives what is logged of its failure. */
  async function sendTo(url: string, { allowPlain = false } = {}): Promise<string> {
    const lines: string[] = [];
    const log = createLogger("debug", { write: (line) => void lines.push(line) });
    const from = "NERVE <nerve@example.org>";
    const transport = createMailTransport({ mailServer: parse(url), allowPlain, from });
    await transport.send(mail).catch((error: unknown) => log.error(describeFailure(error), "failed"));
    transport.close();
    return lines.join("");
  }

  /** This machine by an address that is none of loopback's, so that it counts as another one. */
  const elsewhere = (port: number) => `smtp://nerve:${password}@0.0.0.0:${port}`;

  test.each([
    ["smtp://mail.example.org", false, true],
    ["smtp://192.0.2.7:25", false, true],
    ["smtp://localhost.example.org", false, true],
    ["smtp://[2001:db8::1]", false, true],
    ["smtp://mail.example.org", true, false],
    ["smtps://mail.example.org", false, false],
    ["smtp://localhost", false, false],
    ["smtp://127.0.0.1:25", false, false],
    ["smtp://[::1]:25", false, false],
  ])("%s, plain text allowed: %j, needs STARTTLS: %j", (url, allowPlain, expected) => {
    expect(requiresStartTls(parse(url), { allowPlain })).toBe(expected);
  });

  test("attack: a server on another machine that offers no STARTTLS sees neither the password nor a mail", async () => {
    const seen: unknown[] = [];
    const server = await start({
      disabledCommands: ["STARTTLS"],
      onAuth: ({ username, password: given }, _session, done) => {
        seen.push(given);
        done(null, { user: username });
      },
    });
    const log = await sendTo(elsewhere(server.port));
    expect([seen, server.count()]).toEqual([[], 0]);
    expect(JSON.parse(log)).toMatchObject({ errorCode: "ETLS", msg: "failed" });
    expect(log).toContain("NERVE_SMTP_ALLOW_PLAIN");

    expect(await sendTo(elsewhere(server.port), { allowPlain: true })).toBe("");
    expect([seen, server.count()]).toEqual([[password], 1]);
  });

  test("attack: a certificate that nobody vouches for ends the connection before the password", async () => {
    const seen: unknown[] = [];
    const server = await start({
      disabledCommands: [],
      onAuth: ({ username }, _session, done) => {
        seen.push(username);
        done(null, { user: username });
      },
    });
    expect(await sendTo(elsewhere(server.port))).toMatch(/"errorCode":"\w*CERT/);
    expect([seen, server.count()]).toEqual([[], 0]);
  });

  test("attack: of a server that repeats the password in its reply, the code alone is logged", async () => {
    const server = await start({
      disabledCommands: ["STARTTLS"],
      onAuth: ({ password: given }, _session, done) => done(new Error(`no such password: ${given ?? ""}`)),
    });
    const log = await sendTo(`smtp://nerve:${password}@127.0.0.1:${server.port}`);
    expect(JSON.parse(log)).toMatchObject({ errorCode: "EAUTH", replyCode: 535 });
    expect(log).not.toContain("canary");
  });

  test("attack: of a server that repeats the address, the code alone is logged", async () => {
    const server = await start({ onRcptTo: ({ address }, _session, done) => done(new Error(`not here: ${address}`)) });
    const log = await sendTo(server.url);
    expect(JSON.parse(log)).toMatchObject({ errorCode: "EENVELOPE", replyCode: 550 });
    expect(log).not.toContain(mail.to);
  });
});
