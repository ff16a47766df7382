import type { Sensitivity } from "../../packages/database/src/schema/kit/index.ts";
import { columnsOf } from "./columns.ts";
import { asCode, printPage, printTable } from "./markdown.ts";

/** What holds for the columns of one class. */
interface DataClass {
  readonly holds: string;
  readonly stored: string;
  readonly leaves: string;
  readonly logged: string;
  readonly kept: string;
}

/** Every class of data; the definition of a column names its own (`sensitive`). */
export const dataClasses: Readonly<Record<Sensitivity, DataClass>> = {
  password: {
    holds: "What somebody's password is checked against",
    stored: "Argon2id, 19 MiB, two passes, a salt each; imported hashes are replaced at the next sign-in",
    leaves: "never",
    logged: "never",
    kept: "as long as the account, and the last ones against choosing them again",
  },
  digest: {
    holds: "What tokens, keys and codes of a user are recognised by",
    stored: "SHA-256 of 256 random bits; Argon2id for short backup codes of older systems",
    leaves: "never; the token itself is shown once, when it is made",
    logged: "never",
    kept: "until it has been used, has expired or was revoked, then until the upkeep cleans up",
  },
  encrypted: {
    holds: "Secrets that NERVE itself has to read, such as those of authenticator apps",
    stored: "AES-256-GCM, bound to its place (docs/security/KEYS.md)",
    leaves: "once, to its owner, when it is set up",
    logged: "never",
    kept: "until it is replaced or switched off",
  },
  secret: {
    holds: "What would help to guess a code",
    stored: "in the clear",
    leaves: "never",
    logged: "never",
    kept: "as long as the account",
  },
  harvested: {
    holds: "Passwords of other systems that were found in breaches",
    stored: "AES-256-GCM, bound to its place (docs/security/KEYS.md)",
    leaves: "only by a statement that names the column",
    logged: "never",
    kept: "as long as its row",
  },
  personal: {
    holds: "Who somebody is, and where they came from",
    stored: "in the clear, in the database alone",
    leaves: "to whoever reaches the row (docs/ROLES.md, docs/security/FIELDS.md)",
    logged: "addresses and ids of users in the log of requests; e-mail addresses in events and the audit log alone",
    kept: "as long as its row: of attempts and events `NERVE_ATTEMPT_KEEP_DAYS` and `NERVE_EVENT_KEEP_DAYS`; deleted accounts go for good after `NERVE_PURGE_AFTER_DAYS`",
  },
};

/** Prints docs/security/DATA.md: every class of data with what is asked of it, and the columns of each. */
export function printDataDocument(): string {
  const classes = Object.entries(dataClasses) as [Sensitivity, DataClass][];
  return printPage("Classes of data", "the definitions of the tables", [
    "What a column's class asks of everything that touches it. A column without a class holds nothing that needs more than the reach of\nits row: it is stored in the clear, leaves to whoever reaches the row, and is not logged.",
    printTable(
      ["Class", "What it holds", "Stored", "Leaves", "In logs", "Kept"],
      classes.map(([name, { holds, stored, leaves, logged, kept }]) => [
        `\`${name}\``,
        holds,
        stored,
        leaves,
        logged,
        kept,
      ]),
    ),
    "## Columns",
    printTable(
      ["Class", "Columns"],
      classes.map(([name]) => [`\`${name}\``, asCode(columnsOf(name))]),
    ),
    "Backups hold all of it as it is stored: encrypt them (`NERVE_BACKUP_KEY`). Nothing of it is sent to anybody else\n(docs/security/CONNECTIONS.md).",
  ]);
}
