/** Why a mail was not taken, in codes alone: what a mail server writes beside them may repeat a password, a link or an address. */
export interface MailFailure {
  /** The code of the library or the system: `EAUTH`, `ETLS`, `ECONNREFUSED`. */
  readonly errorCode: string;
  /** The code of the mail server's reply (RFC 5321, 4.2); none when it gave none. */
  readonly replyCode?: number;
  /** What to do, where the code tells. */
  readonly help?: string;
}

/** What the library puts on its errors. */
interface Codes {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
}

const helpFor: Readonly<Record<string, string>> = {
  ETLS: "The mail server has to offer STARTTLS with a certificate that this machine trusts. Or set NERVE_SMTP_ALLOW_PLAIN=true where the network between is yours alone.",
  EAUTH: "The mail server refuses the user or the password of NERVE_SMTP_URL.",
};

/** Reads the codes out of what the library that sends has thrown. */
export function describeFailure(error: unknown): MailFailure {
  const { code, originalCode, responseCode } = Object(error) as Codes;
  const help = helpFor[code ?? ""];
  return {
    errorCode: originalCode ?? code ?? "unknown",
    ...(responseCode === undefined ? {} : { replyCode: responseCode }),
    ...(help === undefined ? {} : { help }),
  };
}

/** Whether the mail server refuses this mail or its address for good, so that trying again is of no use (RFC 5321, 4.2.1). */
export function isRefused({ errorCode, replyCode = 0 }: MailFailure): boolean {
  return ["EENVELOPE", "EMESSAGE"].includes(errorCode) && replyCode >= 500;
}

/** A failure in a line, for the queue: `EAUTH 535`. */
export function textOfFailure({ errorCode, replyCode }: MailFailure): string {
  return replyCode === undefined ? errorCode : `${errorCode} ${replyCode}`;
}
