import { createTransport } from "nodemailer";
import type { MailServer } from "../settings/index.ts";
import { connectionTo } from "./connection.ts";
import type { MailText } from "./templates.ts";

/** Hands mails over to the mail server. */
export interface Transport {
  /** Returns once the mail server has taken it; throws what the library throws. */
  readonly send: (mail: MailText & { readonly to: string }) => Promise<void>;
  readonly close: () => void;
}

interface TransportOptions {
  readonly mailServer: MailServer;
  /** Whether mails may cross a network in the clear. */
  readonly allowPlain: boolean;
  readonly from: string;
}

/** Longest wait for the mail server at each step, in milliseconds. */
const patienceMs = 10_000;
/** Longest time that one mail may take: within the lease of the queue, so that nobody else sends it too. */
const longestMs = 60_000;

/**
 * Makes what sends mails. Certificates of the mail server are checked; on `smtp://` to another machine, TLS is demanded.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321
 */
export function createMailTransport({ mailServer, allowPlain, from }: TransportOptions): Transport {
  const transport = createTransport({
    ...connectionTo(mailServer, { allowPlain }),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    // Mails are text that we write: nothing is ever fetched from a file or an address for them.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      const signal = AbortSignal.timeout(longestMs);
      await transport.sendMail({ from, to: { name: "", address: to }, subject, text, signal });
    },
    close: () => transport.close(),
  };
}
