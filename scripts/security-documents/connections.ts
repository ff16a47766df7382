import { asCode, printPage, printTable } from "./markdown.ts";

/** A connection that NERVE opens by itself. */
interface Connection {
  readonly to: string;
  readonly why: string;
  /** Without these there is none. */
  readonly settings: readonly string[];
  readonly protection: string;
  readonly down: string;
  /** Sources that open it. */
  readonly files: readonly string[];
}

export const connections: readonly Connection[] = [
  {
    to: "PostgreSQL, and its replica",
    why: "the database, where it is not SQLite",
    settings: ["NERVE_DATABASE_URL", "NERVE_DATABASE_READ_URL"],
    protection: "TLS with `verify-full` unless the URL says otherwise or it is this machine; a role of its own",
    down: "requests are answered with 503; nothing is half done",
    files: ["packages/database/src/engines/postgres"],
  },
  {
    to: "PostgreSQL, by `pg_dump` and `pg_restore`",
    why: "backups",
    settings: ["NERVE_POSTGRES_PROGRAMS"],
    protection: "the same; the password goes by the environment of the program, never by its arguments",
    down: "the backup fails, is logged and recorded, and is due again after an hour",
    files: ["packages/database/src/engines/postgres/backup"],
  },
  {
    to: "the mail server",
    why: "mails with links and notices",
    settings: ["NERVE_SMTP_URL", "NERVE_SMTP_ALLOW_PLAIN"],
    protection:
      "TLS, with the server's certificate checked, from the start or by STARTTLS before anything else is said; none on this machine, or where `NERVE_SMTP_ALLOW_PLAIN` says so",
    down: "mails wait in the database, encrypted, and are tried again with growing delays until they are of no use; `nerve health`, the metrics and the log tell; the request that asked is answered all the same",
    files: ["packages/server/src/mail"],
  },
];

/** Prints docs/security/CONNECTIONS.md: where NERVE connects to. */
export function printConnectionsDocument(): string {
  return printPage("Outward connections", "scripts/security-documents/connections.ts", [
    "Where NERVE connects to by itself; nowhere else. Each goes where a setting says, and nothing that a user or a client writes chooses\nthe other end. There are no look-ups of new versions, no telemetry, and no third parties. A test compares the list with the sources\nthat can open a connection. A firewall may refuse everything else.",
    printTable(
      ["To", "Why", "Settings", "Protection", "While it is down"],
      connections.map(({ to, why, settings, protection, down }) => [to, why, asCode(settings), protection, down]),
    ),
  ]);
}
