import type { MailState } from "../../mails/mail-state.ts";
import type { HealthAlert } from "./alerts.ts";

const count = (mails: number) => (mails === 1 ? "1 mail" : `${mails} mails`);

/** What is wrong with the sending of mails, a sentence each. */
function describeFaults({ failing, lastError, unattended, oldestAt, givenUp }: MailState): string[] {
  const since = oldestAt === null ? "" : ` The oldest in the queue is of ${oldestAt.toISOString()}.`;
  return [
    ...(failing > 0
      ? [
          `${count(failing)} could not be sent and will be tried again: ${lastError ?? "unknown"}. See NERVE_SMTP_URL and the server's log.${since}`,
        ]
      : []),
    ...(unattended > 0
      ? [`${count(unattended)} should have gone out: let a server with NERVE_SMTP_URL run on this database.${since}`]
      : []),
    ...(givenUp > 0
      ? [`${count(givenUp)} were given up in the last day, and did not arrive: \`nerve events --type mail_failed\`.`]
      : []),
  ];
}

/** The warnings of mails that wait too long or were given up; none where that could not be read. */
export function warningsOfMails(mails: MailState | null): HealthAlert[] {
  if (mails === null) return [];
  return describeFaults(mails).map((message) => ({ level: "warning", code: "MAIL", message }));
}
