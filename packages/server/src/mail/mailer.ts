import { createTransport } from "nodemailer";
import type { Logger } from "pino";
import type { MailServer } from "../settings/index.ts";
import { connectionTo } from "./connection.ts";
import { describeFailure } from "./failure.ts";

/** A mail in plain text. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Sends mail behind the request's back: no answer waits for it, or tells whether it worked. */
export interface Mailer {
  /** Whether there is a mail server at all. */
  readonly isSetUp: boolean;
  /** Sends it, or logs that it could not be sent. Never throws. */
  readonly send: (mail: Mail) => void;
  /** Waits until nothing is on its way any more. */
  readonly settle: () => Promise<void>;
}

interface MailerOptions {
  /** Null sends nothing. */
  readonly mailServer: MailServer | null;
  /** Whether mails may cross a network in the clear. */
  readonly allowPlain: boolean;
  readonly from: string;
  readonly log: Logger;
}

/** Longest wait for the mail server at each step, in milliseconds. */
const patienceMs = 10_000;

/**
 * Makes the mailer. Certificates of the mail server are checked; on `smtp://` to another machine, TLS is demanded.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321
 */
export function createMailer({ mailServer, allowPlain, from, log }: MailerOptions): Mailer {
  if (mailServer === null) {
    const send = () => log.warn("a mail was not sent: NERVE_SMTP_URL is not set");
    return { isSetUp: false, send, settle: async () => {} };
  }
  const transport = createTransport({
    ...connectionTo(mailServer, { allowPlain }),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    // Mails are text that we write: nothing is ever fetched from a file or an address for them.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const underway = new Set<Promise<void>>();

  async function deliver({ to, subject, text }: Mail): Promise<void> {
    try {
      await transport.sendMail({ from, to: { name: "", address: to }, subject, text });
    } catch (error) {
      log.error(describeFailure(error), "a mail could not be sent");
    }
  }

  return {
    isSetUp: true,
    send(mail) {
      const delivery = deliver(mail).finally(() => underway.delete(delivery));
      underway.add(delivery);
    },
    async settle() {
      await Promise.all(underway);
      transport.close();
    },
  };
}
