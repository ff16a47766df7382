import { roleMatrix, securityEventTypes } from "@nerve/database";
import { settingDefinitions } from "../settings/index.ts";

/** A log, and what is to be known of it. */
export interface LogEntry {
  readonly name: string;
  /** What is written into it. */
  readonly events: string;
  readonly format: string;
  /** Where it lies. */
  readonly place: string;
  /** Who reads it. */
  readonly readers: string;
  /** How long it is kept. */
  readonly retention: string;
  /** Its table, where it is one. */
  readonly table?: string;
}

type Named = keyof typeof roleMatrix;

const rolesOf = (permission: Named) => `${Object.keys(roleMatrix[permission].roles).join(", ")} (\`${permission}\`)`;

const days = (setting: { readonly name: string; readonly default: unknown }) =>
  `\`${setting.name}\` days (${String(setting.default)})`;

const row = "rows: when (UTC), who, from where, what, whose company's";

/** Every log that NERVE writes. The only list: `nerve logs inventory` and docs/security/LOGS.md are made of it. */
export const logInventory: readonly LogEntry[] = [
  {
    name: "log of the process",
    events:
      "each request once it is answered; errors with their causes; jobs of the upkeep; mails that were not sent, with codes alone; imports that were resumed, or did not come to their end; faults of the proxy",
    format: "JSON, an object a line, times in UTC; secrets are taken out by name",
    place: "standard error of `nerve serve`, from `NERVE_LOG_LEVEL` on",
    readers: "whoever reads the journal, or what collects it",
    retention: "the journal's, or the collector's",
  },
  {
    name: "security events",
    events: `${Object.keys(securityEventTypes).join(", ")}; refusals of one kind and subject make one an hour, with their count, and so do failed sign-ins for one address`,
    format: row,
    place: "table `security_events`",
    readers: rolesOf("security:read"),
    retention: `${days(settingDefinitions.eventKeepDays)}, those of attempts as long as attempts; critical ones until they are acknowledged`,
    table: "security_events",
  },
  {
    name: "attempts to sign in",
    events:
      "each attempt, with its outcome; of those refused unseen after too many failures the first of an hour from each network",
    format: row,
    place: "table `login_attempts`",
    readers: rolesOf("security:read"),
    retention: days(settingDefinitions.attemptKeepDays),
    table: "login_attempts",
  },
  {
    name: "audit log",
    events: "each change by an operation, in the transaction of the change",
    format: row,
    place: "table `audit_logs`",
    readers: rolesOf("audit:read"),
    retention: `${days(settingDefinitions.auditKeepDays)}, then in the archive`,
    table: "audit_logs",
  },
  {
    name: "archive of the audit log",
    events: "rows that left the audit log",
    format: "compressed files of JSON lines, signed, each naming the one before",
    place: `the folder \`${settingDefinitions.auditArchiveFolder.name}\` (${settingDefinitions.auditArchiveFolder.default})`,
    readers: "whoever reads the folder",
    retention: "until somebody deletes it",
  },
  {
    name: "runs of the upkeep",
    events: "how each job last ended, and when",
    format: "a row a job",
    place: "table `maintenance_jobs`",
    readers: `whoever runs \`nerve maintenance status\`, and ${rolesOf("metrics:read")}`,
    retention: "until the next run",
    table: "maintenance_jobs",
  },
  {
    name: "slow statements",
    events: "statements that took long, without their values",
    format: "a list in memory",
    place: "memory of the process",
    readers: rolesOf("operations:read"),
    retention: "until the process ends",
  },
  {
    name: "messages of a command",
    events: "what it did, or why it did not",
    format: "text, or with `--json` one document; control characters are escaped",
    place: "standard output, and standard error for failures",
    readers: "whoever called it",
    retention: "none",
  },
];

const cell = (text: string) => text.replaceAll("|", "\\|");

/** Writes docs/security/LOGS.md: every log with its events, place, readers and retention. */
export function documentLogs(): string {
  const rows = logInventory.map(({ name, events, format, place, readers, retention }) =>
    [name, events, format, place, readers, retention].map(cell).join(" | "),
  );
  return [
    "# Logs",
    "",
    "<!-- Made from packages/server/src/logging/log-inventory.ts by `npm run docs`. -->",
    "",
    "Every log that NERVE writes; `nerve logs inventory` prints the same. It writes no other, and none anywhere else: tests compare the",
    "list with the sources, and look at what a server leaves behind. The proxy, PostgreSQL and the system keep logs of their own.",
    "",
    "| Log | Events | Format | Place | Readers | Kept |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map((line) => `| ${line} |`),
    "",
  ].join("\n");
}
