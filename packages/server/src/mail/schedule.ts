import { randomInt } from "node:crypto";
import { Cron } from "croner";
import type { Mailer } from "./mailer.ts";

/** Seconds between two looks at the queue, for what was put off or what a command left there. */
const everySeconds = 15;

/**
 * Looks for mails that are due, again and again.
 * @returns what ends it
 */
export function scheduleMails(mailer: Mailer): () => void {
  const pattern = `${randomInt(everySeconds)}/${everySeconds} * * * * *`;
  const cron = new Cron(pattern, { timezone: "UTC", unref: true }, () => mailer.deliver());
  return () => cron.stop();
}
