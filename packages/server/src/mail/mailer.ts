import {
  type Database,
  dropExpiredMails,
  endMail,
  giveUpMail,
  postponeMail,
  type QueuedMail,
  queueMail,
  takeDueMail,
} from "@nerve/database";
import type { Logger } from "pino";
import { describeFailure, isRefused, textOfFailure } from "./failure.ts";
import { type FactsOf, type MailKind, writeMail } from "./templates.ts";
import type { Transport } from "./transport.ts";

/** A mail to a user. */
export type Mail = {
  [Kind in MailKind]: {
    readonly userId: number;
    readonly kind: Kind;
    readonly facts: FactsOf<Kind>;
    /** Default: the user's present address. */
    readonly to?: string;
    /** From when on it is of no use. */
    readonly expiresAt?: Date;
  };
}[MailKind];

/** Sends mails by way of a queue in the database: what was taken into it outlives the process and a mail server that is down. */
export interface Mailer {
  /** Whether there is a mail server at all. */
  readonly isSetUp: boolean;
  /** Puts a mail in the queue, and has it sent behind the caller's back. Never throws; what cannot be queued is logged. */
  readonly send: (mail: Mail) => Promise<void>;
  /** Sends what is due, unless that is under way already: then once more afterwards. Never throws. */
  readonly deliver: () => Promise<void>;
  /** Begins no further mail, and waits for the one that is on its way. */
  readonly settle: () => Promise<void>;
}

interface MailerOptions {
  readonly db: Database;
  /** Null sends nothing. */
  readonly transport: Transport | null;
  readonly publicUrl: () => string;
  readonly log: Logger;
}

/** Makes the mailer of a server. */
export function createMailer({ db, transport, publicUrl, log }: MailerOptions): Mailer {
  const ending = new AbortController();
  const drain = onceAtATime(async () => {
    try {
      const { dropped } = await dropExpiredMails(db);
      if (dropped > 0) log.error({ mails: dropped }, "mails were given up: they are of no use any more");
      if (transport === null) return;
      while (!ending.signal.aborted) {
        const mail = await takeDueMail(db);
        if (mail === null || !(await sendOne(mail, transport))) return;
      }
    } catch (error) {
      log.error({ err: error }, "the queue of mails could not be read");
    }
  });

  /** Tells whether the next mail is worth trying: not where the mail server itself is what failed. */
  async function sendOne(mail: QueuedMail, { send }: Transport): Promise<boolean> {
    const { id: mailId, kind, to, facts, attempts } = mail;
    const text = writeMail(kind, facts, publicUrl());
    if (text === null) {
      log.error({ mailId, kind }, "a mail was given up: this version of NERVE does not know it");
      await giveUpMail(db, mail, { error: "UNKNOWN_KIND" });
      return true;
    }
    try {
      await send({ to, ...text });
    } catch (error) {
      const failure = describeFailure(error);
      if (isRefused(failure)) {
        log.error({ mailId, kind, attempts, ...failure }, "a mail was given up: the mail server refuses it");
        await giveUpMail(db, mail, { error: textOfFailure(failure) });
        return true;
      }
      const dueAt = await postponeMail(db, mail, { error: textOfFailure(failure) });
      log.error({ mailId, kind, attempts, dueAt, ...failure }, "a mail could not be sent, and is tried again");
      return false;
    }
    await endMail(db, mail);
    return true;
  }

  return {
    isSetUp: transport !== null,
    async send(mail) {
      if (transport === null) return log.warn({ kind: mail.kind }, "a mail was not sent: NERVE_SMTP_URL is not set");
      try {
        const isQueued = await queueMail(db, mail);
        if (!isQueued) log.error({ kind: mail.kind }, "a mail was not sent: too many wait already");
        void drain();
      } catch (error) {
        log.error({ err: error, kind: mail.kind }, "a mail could not be put in the queue");
      }
    },
    deliver: drain,
    async settle() {
      ending.abort();
      await drain.settled();
      transport?.close();
    },
  };
}

/** Makes a function that runs once at a time: called meanwhile, it runs once more. Whoever calls waits for all of it. */
function onceAtATime(work: () => Promise<void>): { (): Promise<void>; settled: () => Promise<void> } {
  let running: Promise<void> | undefined;
  let isCalledAgain = false;
  const run = async () => {
    do {
      isCalledAgain = false;
      await work();
    } while (isCalledAgain);
    running = undefined;
  };
  const call = () => {
    isCalledAgain = true;
    running ??= run();
    return running;
  };
  return Object.assign(call, { settled: async () => running });
}
