import { defaultDatabaseUrl, type MasterKeys } from "@nerve/database";
import {
  contact,
  dayText,
  factorRoles,
  masterKeys,
  networks,
  oneOfWords,
  origin,
  pathOf,
  secretText,
  sender,
  urlWith,
  variableNames,
  wholeNumber,
  words,
  yesOrNo,
} from "./kinds.ts";
import { limitDefinitions } from "./limit-definitions.ts";
import { type MailServer, mailServer } from "./mail-server.ts";
import { setting, type SettingDefinition } from "./setting.ts";

/** Every setting there is. The only list: parsing, types and docs/SETTINGS.md are derived from it. */
export const settingDefinitions = {
  databaseUrl: setting("NERVE_DATABASE_URL", words("`sqlite:path` or `postgres://user:password@host/name`"), {
    default: defaultDatabaseUrl,
    help: "The database.",
    secret: true,
  }),
  databaseMaxConnections: setting("NERVE_DATABASE_MAX_CONNECTIONS", wholeNumber(1, 1000), {
    default: 10,
    help: "PostgreSQL: the most connections that are open at once.",
  }),
  databaseStatementTimeoutMs: setting("NERVE_DATABASE_STATEMENT_TIMEOUT_MS", wholeNumber(0, 3_600_000), {
    default: 30_000,
    help: "PostgreSQL: the longest time that one statement may run, in milliseconds; 0 is no limit.",
  }),
  databasePooler: setting("NERVE_DATABASE_POOLER", oneOfWords("none", "transaction", "transaction-prepared"), {
    default: "none",
    help: "PostgreSQL: what stands before the server. `transaction`: a pooler in transaction mode, such as PgBouncer; `transaction-prepared`: one that follows prepared statements (PgBouncer from 1.21 on, with max_prepared_statements).",
  }),
  databaseReadUrl: setting("NERVE_DATABASE_READ_URL", urlWith("postgres:", "postgresql:"), {
    default: null,
    help: "PostgreSQL: a streaming replica for lists and histories, which may lag. Never asked who may do what; while it is down or too far behind, the database itself answers.",
    secret: true,
  }),
  databaseReadMaxLagMs: setting("NERVE_DATABASE_READ_MAX_LAG_MS", wholeNumber(100, 3_600_000), {
    default: 10_000,
    help: "PostgreSQL: how far behind the replica may be, in milliseconds.",
  }),
  rowSecurity: setting("NERVE_ROW_SECURITY", oneOfWords("auto", "off"), {
    default: "auto",
    help: "PostgreSQL: whether the database itself keeps a caller of one company from the rows of the others. `auto`: where the server's role neither owns the tables nor may bypass row security; for another role it would do nothing.",
  }),
  keyFile: setting("NERVE_KEY_FILE", pathOf("file"), {
    default: null,
    help: "File of the keys for secrets at rest, made with mode 0600 where nothing is encrypted yet. Default on SQLite beside the database, on PostgreSQL `data/ghost.key`; several machines on one database share one.",
  }),
  encryptionKeys: setting<MasterKeys, null>("NERVE_ENCRYPTION_KEY", masterKeys, {
    default: null,
    help: "The keys for secrets at rest themselves, in place of a file.",
    secret: true,
  }),
  breachedPasswordsFile: setting("NERVE_BREACHED_PASSWORDS_FILE", pathOf("file"), {
    default: null,
    help: "Passwords that are known from breaches, none of which anybody may choose: SHA-1 digests in hexadecimal, a line each, in their order, as such lists are offered for download. While it cannot be read, no password can be set. The 49,000 commonest passwords are refused without it.",
  }),
  keyDays: setting("NERVE_KEY_DAYS", wholeNumber(1, 3650), {
    default: 90,
    help: "Days after which an API key ends unless whoever makes it says otherwise.",
  }),
  longestKeyDays: setting("NERVE_KEY_LONGEST_DAYS", wholeNumber(1, 3650), {
    default: 365,
    help: "Most days that an API key may be made for. Keys that are there already keep their end.",
  }),
  keysWithoutEnd: setting("NERVE_KEYS_WITHOUT_END", yesOrNo, {
    default: false,
    help: "Whether API keys may be made that never end, with `--expires-days never` or `expiresInDays: null`.",
  }),
  twoFactorRoles: setting("NERVE_REQUIRE_TWO_FACTOR", factorRoles, {
    default: [],
    help: "Who has to have a second factor. Without one, a session sets one up and does nothing else, and API keys open nothing, once `NERVE_TWO_FACTOR_FROM` has come and the account is `NERVE_TWO_FACTOR_GRACE_DAYS` old.",
  }),
  twoFactorFrom: setting("NERVE_TWO_FACTOR_FROM", dayText, {
    default: null,
    help: "The day from which on a second factor is demanded, so that people can be told before. Default at once.",
  }),
  twoFactorGraceDays: setting("NERVE_TWO_FACTOR_GRACE_DAYS", wholeNumber(0, 365), {
    default: 7,
    help: "Days that a new account has to set up the second factor that is demanded of it.",
  }),
  firstPasswordDays: setting("NERVE_FIRST_PASSWORD_DAYS", wholeNumber(1, 365), {
    default: 3,
    help: "Days after which a password that an administrator chose opens nothing any more, unless the user has changed it.",
  }),
  backupFolder: setting("NERVE_BACKUP_FOLDER", pathOf("folder"), {
    default: "data/backups",
    help: "Where backups are.",
  }),
  backupKey: setting("NERVE_BACKUP_KEY", secretText(16), {
    default: null,
    help: "Encrypts backups, and reads encrypted ones. Keep a copy elsewhere: without it those backups are lost.",
    secret: true,
  }),
  backupCompression: setting("NERVE_BACKUP_COMPRESSION", oneOfWords("none", "gzip", "zstd"), {
    default: "none",
    help: "Makes backups smaller, those of the upkeep too.",
  }),
  backupBeforeMigration: setting("NERVE_BACKUP_BEFORE_MIGRATION", yesOrNo, {
    default: true,
    help: "Whether `nerve serve`, `nerve init` and `nerve migrate up` make a backup before they migrate a database. Without it nothing brings the state before an update back.",
  }),
  uploadsFolder: setting("NERVE_UPLOADS_FOLDER", pathOf("folder"), {
    default: "data/uploads",
    help: "Where uploaded files are: every backup holds them, and a restore brings them back. Left out while there is no such folder.",
  }),
  importFolder: setting("NERVE_IMPORT_FOLDER", pathOf("folder"), {
    default: "data/imports",
    help: "Where reports of scanners lie while they are taken in, for the account of the server alone. Each is deleted when its import ends, and after 7 days at most; no backup holds them. Several servers on one database share it where any of them is to go on with another's imports.",
  }),
  importMib: setting("NERVE_IMPORT_MIB", wholeNumber(1, 256), {
    default: 256,
    help: "How many MiB a report of a scanner may have, packed or not, that is sent to `POST /api/imports`. A proxy before NERVE has to let as much through.",
  }),
  postgresPrograms: setting("NERVE_POSTGRES_PROGRAMS", pathOf("folder"), {
    default: null,
    help: "PostgreSQL: the folder of pg_dump and pg_restore, which backups are made with. Without it, they are looked for in PATH, then where systems keep them.",
  }),
  searchPath: setting("PATH", words("folders, as every shell has them"), {
    default: null,
    help: "PostgreSQL: where pg_dump and pg_restore are looked for.",
  }),
  maintenance: setting("NERVE_MAINTENANCE", yesOrNo, {
    default: true,
    help: "Whether `nerve serve` does the upkeep when it is due: clean-up, backups, checks. Turn it off where `nerve maintenance run` is called on a schedule.",
  }),
  backupVerifyDaily: setting("NERVE_BACKUP_VERIFY_DAILY", yesOrNo, {
    default: true,
    help: "Whether the daily backup of the upkeep is restored to a scratch database and compared before it counts. Turn it off only where no scratch database can be made, as by a PostgreSQL role without CREATEDB and CREATE: `nerve health` warns while it is off.",
  }),
  backupKeepDaily: setting("NERVE_BACKUP_KEEP_DAILY", wholeNumber(1, 10000), {
    default: 7,
    help: "For how many days upkeep keeps a backup of each.",
  }),
  backupKeepWeekly: setting("NERVE_BACKUP_KEEP_WEEKLY", wholeNumber(1, 10000), {
    default: 4,
    help: "For how many weeks upkeep keeps a backup of each.",
  }),
  backupKeepMonthly: setting("NERVE_BACKUP_KEEP_MONTHLY", wholeNumber(1, 10000), {
    default: 12,
    help: "For how many months upkeep keeps a backup of each.",
  }),
  auditArchiveFolder: setting("NERVE_AUDIT_ARCHIVE_FOLDER", pathOf("folder"), {
    default: "data/audit-archive",
    help: "Where upkeep puts old rows of the audit log, in signed files.",
  }),
  auditKeepDays: setting("NERVE_AUDIT_KEEP_DAYS", wholeNumber(1, 36500), {
    default: 365,
    help: "After how many days rows of the audit log are moved there.",
  }),
  scanKeepDays: setting("NERVE_SCAN_KEEP_DAYS", wholeNumber(1, 36500), {
    default: 365,
    help: "After how many days upkeep deletes scans from the histories.",
  }),
  attemptKeepDays: setting("NERVE_ATTEMPT_KEEP_DAYS", wholeNumber(31, 36500), {
    default: 90,
    help: "After how many days upkeep deletes attempts to sign in, with the events that tell of them.",
  }),
  eventKeepDays: setting("NERVE_EVENT_KEEP_DAYS", wholeNumber(31, 36500), {
    default: 365,
    help: "After how many days upkeep deletes other security events. Critical ones stay until somebody has acknowledged them.",
  }),
  purgeAfterDays: setting("NERVE_PURGE_AFTER_DAYS", wholeNumber(1, 36500), {
    default: 90,
    help: "After how many days upkeep deletes for good what was soft-deleted.",
  }),
  host: setting("NERVE_HOST", words("an IP address or a host name"), {
    default: "127.0.0.1",
    help: "The address to listen on. One that other machines reach needs TLS before it: see NERVE_PUBLIC_URL.",
  }),
  port: setting("NERVE_PORT", wholeNumber(0, 65_535), {
    default: 8000,
    help: "The port to listen on; 0 takes a free one.",
  }),
  publicUrl: setting("NERVE_PUBLIC_URL", origin, {
    default: null,
    help: "The address that people reach NERVE under. Links in mails begin with it, browsers must send it as their Origin, and https turns on HSTS. Default: the address it listens on.",
  }),
  trustedProxies: setting("NERVE_TRUSTED_PROXIES", networks, {
    default: null,
    help: "Proxies whose X-Forwarded-For, -Proto and -Host are believed. Without it they are ignored.",
  }),
  allowPlainHttp: setting("NERVE_ALLOW_PLAIN_HTTP", yesOrNo, {
    default: false,
    help: "Listen for other machines although no https address is set. Everything, passwords and cookies too, then crosses the network in the clear.",
  }),
  secureCookies: setting("NERVE_SECURE_COOKIES", yesOrNo, {
    default: true,
    help: "Cookies are `Secure` and `__Host-`, unless NERVE_ALLOW_PLAIN_HTTP is on and NERVE_PUBLIC_URL is not https. Turn it off only for a browser that refuses them on http://127.0.0.1; refused with https, and when other machines reach the server.",
  }),
  apiDocs: setting("NERVE_API_DOCS", oneOfWords("auto", "on", "off"), {
    default: "auto",
    help: "Whether anybody may read /openapi.json and /docs. `auto`: only while nobody but this machine reaches the server.",
  }),
  metricsPort: setting("NERVE_METRICS_PORT", wholeNumber(0, 65_535), {
    default: null,
    help: "A port of its own for /metrics, without a key: who reaches it reads them, and nothing else. The other port then asks for a key always.",
  }),
  metricsHost: setting("NERVE_METRICS_HOST", words("an IP address or a host name"), {
    default: "127.0.0.1",
    help: "The address that NERVE_METRICS_PORT is at. Metrics cross a network in the clear: give one that only what scrapes them reaches.",
  }),
  securityContact: setting("NERVE_SECURITY_CONTACT", contact, {
    default: null,
    help: "Whom to write to about a weakness of this installation; served at /.well-known/security.txt (RFC 9116), which is absent without it.",
  }),
  sessionHours: setting("NERVE_SESSION_HOURS", wholeNumber(1, 720), {
    default: 24,
    help: "How long a session lasts before its token has to be refreshed, in hours.",
  }),
  sessionIdleMinutes: setting("NERVE_SESSION_IDLE_MINUTES", wholeNumber(1, 43_200), {
    default: 480,
    help: "After how many minutes without use a session ends.",
  }),
  ...limitDefinitions,
  inFlightMibPerUser: setting("NERVE_IN_FLIGHT_MIB_PER_USER", wholeNumber(1, 65_536), {
    default: 64,
    help: "How many MiB one user's requests and answers may hold in memory while they are sent and read; of one address, where nobody is signed in. A scan may have 16.",
  }),
  inFlightMib: setting("NERVE_IN_FLIGHT_MIB", wholeNumber(1, 1_048_576), {
    default: 256,
    help: "How many MiB the requests and answers of all users together may hold.",
  }),
  stalledSeconds: setting("NERVE_STALLED_SECONDS", wholeNumber(1, 3600), {
    default: 30,
    help: "After how many seconds a client that reads next to nothing of its answer is disconnected.",
  }),
  quotaRowsPerUser: setting("NERVE_QUOTA_ROWS_PER_USER", wholeNumber(1, 1_000_000_000), {
    default: 20_000,
    help: "How many rows one user may store: scans, so far. What is deleted gives room back; until it is purged it may take as much again.",
  }),
  quotaMibPerUser: setting("NERVE_QUOTA_MIB_PER_USER", wholeNumber(1, 1_048_576), {
    default: 4096,
    help: "How many MiB one user may store.",
  }),
  quotaRowsPerCompany: setting("NERVE_QUOTA_ROWS_PER_COMPANY", wholeNumber(1, 1_000_000_000), {
    default: 200_000,
    help: "How many rows one company may store, unless its `maxStoredRows` says otherwise.",
  }),
  quotaMibPerCompany: setting("NERVE_QUOTA_MIB_PER_COMPANY", wholeNumber(1, 1_048_576), {
    default: 20_480,
    help: "How many MiB one company may store, unless its `maxStoredMib` says otherwise.",
  }),
  longestAcceptanceDays: setting("NERVE_ACCEPTANCE_LONGEST_DAYS", wholeNumber(1, 3650), {
    default: 365,
    help: "Most days for which the risk of a finding may be accepted at once. What is accepted already keeps its end.",
  }),
  heldFromFindings: setting("NERVE_HOLD_FINDINGS", wholeNumber(1, 1_000_000), {
    default: 20,
    help: "From how many open findings on, which an import would close, somebody has to confirm it: where they are also `NERVE_HOLD_PERCENT` of what was open.",
  }),
  heldFromPercent: setting("NERVE_HOLD_PERCENT", wholeNumber(1, 100), {
    default: 60,
    help: "How many per cent of what a repeated scan had open an import has to close before somebody has to confirm it; see `NERVE_HOLD_FINDINGS`.",
  }),
  mailServer: setting<MailServer, null>("NERVE_SMTP_URL", mailServer, {
    default: null,
    help: "The mail server: `smtps://user:password@host`, or `smtp://…`, which has to offer STARTTLS unless it is this machine. Its certificate is checked: NODE_EXTRA_CA_CERTS names those of your own. Without it no mail is sent: administrators hand links over (POST /api/users/{id}/password-link, `nerve user reset-password`).",
    secret: true,
  }),
  allowPlainMail: setting("NERVE_SMTP_ALLOW_PLAIN", yesOrNo, {
    default: false,
    help: "Send mails to a `smtp://` server on another machine without TLS where it offers none. The password and every link then cross the network in the clear.",
  }),
  mailFrom: setting("NERVE_MAIL_FROM", sender, {
    default: "NERVE <nerve@localhost>",
    help: "The sender of mails.",
  }),
  logLevel: setting("NERVE_LOG_LEVEL", oneOfWords("debug", "info", "warn", "error", "silent"), {
    default: "info",
    help: "The least that is logged.",
  }),
  leaveOut: setting<readonly string[], null>("NERVE_LEAVE_OUT", variableNames, {
    default: null,
    help: "Variables that this NERVE does not know and leaves out, such as settings of a newer one after going back to this one. Settings that it knows count all the same.",
  }),
  stopSeconds: setting("NERVE_STOP_SECONDS", wholeNumber(1, 600), {
    default: 10,
    help: "How long requests may take to finish when the server is stopped, in seconds.",
  }),
} as const;

type Definitions = typeof settingDefinitions;

/** The settings as values, read once and frozen. */
export type Settings = {
  readonly [Key in keyof Definitions]: Definitions[Key] extends SettingDefinition<infer Value> ? Value : never;
};
