import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail server on loopback that keeps what it gets. */
export interface MailServer {
  readonly url: string;
  readonly port: number;
  /** Waits for the next mail, as it came over the wire. */
  readonly next: () => Promise<string>;
  readonly count: () => number;
  /** Leaves out what has come and nobody has looked at. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
}

/** Starts a real SMTP server on loopback; it offers neither TLS nor AUTH unless told. */
export async function startMailServer({
  port: wantedPort = 0,
  ...options
}: SMTPServerOptions & { port?: number } = {}): Promise<MailServer> {
  const mails: string[] = [];
  const waiting: ((mail: string) => void)[] = [];
  let taken = 0;
  let received = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    ...options,
    onData(stream, _session, done) {
      let mail = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => (mail += chunk));
      stream.on("end", () => {
        received += 1;
        const waiter = waiting.shift();
        if (waiter === undefined) mails.push(mail);
        else waiter(mail);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void server.listen(wantedPort, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    count: () => received,
    forget: () => void (taken = mails.length),
    next() {
      const mail = mails[taken];
      if (mail === undefined) return new Promise((resolve) => waiting.push(resolve));
      taken += 1;
      return Promise.resolve(mail);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** The text of a mail, decoded. */
export function textOf(mail: string): string {
  const [, ...parts] = mail.split("\r\n\r\n");
  return parts
    .join("\n\n")
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

/** The token of the link in a mail. */
export function tokenIn(mail: string): string {
  return /#token=([\w-]+)/.exec(textOf(mail))?.[1] ?? "";
}
