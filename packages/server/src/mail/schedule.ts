import { randomInt } from "node:crypto";
import { Cron } from "croner";
import type { Mailer } from "./mailer.ts";

/** Seconds between two looks at the queue, for what was put off or what a command left there. */
const everySeconds = 15;

/** The times at which a process looks: it begins at a second of its own, so that several do not look at once. */
export function patternFrom(second: number): string {
  return `${second}-59/${everySeconds} * * * * *`;
}

/**
 * Looks for mails that are due, again and again.
 * @returns what ends it
 */
export function scheduleMails(mailer: Mailer): () => void {
  const cron = new Cron(patternFrom(randomInt(everySeconds)), { timezone: "UTC", unref: true }, () => mailer.deliver());
  return () => cron.stop();
}
