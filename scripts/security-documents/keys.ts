import { columnsOf } from "./columns.ts";
import { asCode, printPage, printTable } from "./markdown.ts";

/** A key that an operator has to keep. */
interface Key {
  readonly name: string;
  /** Settings that hold it, or say where it lies. */
  readonly settings: readonly string[];
  readonly protects: string;
  readonly lies: string;
  readonly rotation: string;
  readonly leaked: string;
}

export const keys: readonly Key[] = [
  {
    name: "Master keys",
    settings: ["NERVE_KEY_FILE", "NERVE_ENCRYPTION_KEY"],
    protects:
      "columns of the classes `encrypted` and `harvested`, what a client carries between two steps of a sign-in, and the signatures of what is kept outside the database",
    lies: "a file of mode 0600 beside the database, made by `nerve init` or at the first start; never in the database, nor in a backup",
    rotation:
      "once a year, and when somebody leaves who could read it: a new key as the first line of the file, the old ones below it; restart every process; then `nerve keys rotate`, which says when the old ones are needed by backups alone",
    leaked:
      "rotate, have every user set up the second factor anew, treat harvested passwords as read, and look at signed archives with doubt from the day of the leak on; sign-in passwords are not encrypted and stay safe",
  },
  {
    name: "Backup key",
    settings: ["NERVE_BACKUP_KEY"],
    protects: "encrypted backups: contents, and the seal of their manifests",
    lies: "the environment, and a copy elsewhere: a backup is lost without it",
    rotation: "once a year: older backups go on needing the older key until they are pruned",
    leaked: "set another, make a backup, prune the older ones wherever copies lie; whoever had copies has read them",
  },
  {
    name: "Password of the database",
    settings: ["NERVE_DATABASE_URL", "NERVE_DATABASE_READ_URL"],
    protects: "PostgreSQL, where that is the engine: `nerve_app` for the server, `nerve_owner` for migrations",
    lies: "the environment, or `~/.pgpass`",
    rotation: "once a year: `\\password` in psql, then the setting, then a restart",
    leaked: "change it at once, and read the audit log and PostgreSQL's own since the day of the leak",
  },
  {
    name: "Password of the mail server",
    settings: ["NERVE_SMTP_URL"],
    protects: "sending mail as the installation",
    lies: "the environment",
    rotation: "as the mail server's operator says",
    leaked: "change it there and here: whoever has it can send mail in NERVE's name, but reads no link that NERVE sent",
  },
  {
    name: "Certificate of the proxy",
    settings: [],
    protects: "everything between people and the proxy (TLS 1.2 or newer)",
    lies: "with the proxy, and never with NERVE",
    rotation: "by ACME, every few weeks",
    leaked: "revoke it, get another, end all sessions",
  },
];

/** An algorithm, and what of node:crypto or a package is called for it. */
interface Algorithm {
  readonly name: string;
  readonly calls: readonly string[];
  readonly use: string;
  readonly strength: string;
}

export const algorithms: readonly Algorithm[] = [
  {
    name: "AES-256-GCM",
    calls: ["createCipheriv", "createDecipheriv"],
    use: "columns and sealed tokens, with random nonces of 96 bits and tags of 128; backups in chunks that are bound to their order",
    strength: "256 bits",
  },
  {
    name: "HKDF-SHA-256",
    calls: ["hkdfSync"],
    use: "a key for each use of a master key, and for each part of a backup",
    strength: "256 bits",
  },
  {
    name: "HMAC-SHA-256",
    calls: ["createHmac"],
    use: "signatures of what is kept outside the database; with SHA-1 the codes of authenticator apps, as their standard (RFC 6238) has it",
    strength: "256 bits",
  },
  {
    name: "SHA-256",
    calls: ["createHash", "hash"],
    use: "digests of tokens, integrity of files; SHA-1 for look-ups in lists of breached passwords, which are made so",
    strength: "128 bits against collisions",
  },
  {
    name: "Argon2id",
    calls: ["argon2"],
    use: "passwords: 19 MiB, two passes, one lane",
    strength: "OWASP's setting",
  },
  {
    name: "scrypt",
    calls: ["scrypt"],
    use: "the key of backups, from `NERVE_BACKUP_KEY`: N = 2¹⁷, r = 8, p = 1",
    strength: "OWASP's setting",
  },
  {
    name: "PBKDF2 and bcrypt",
    calls: ["pbkdf2", "bcrypt"],
    use: "checking imported passwords, each until its next sign-in; never for new ones",
    strength: "that of the older system",
  },
  {
    name: "Random numbers of the system",
    calls: ["randomBytes", "randomInt", "randomUUID"],
    use: "tokens and keys of 256 bits, salts, nonces, codes; UUIDs name requests and files and are no secrets",
    strength: "256 bits",
  },
  {
    name: "Comparison in constant time",
    calls: ["timingSafeEqual"],
    use: "digests, signatures and codes",
    strength: "–",
  },
];

/** Prints docs/security/KEYS.md: the policy, every key, every algorithm. */
export function printKeysDocument(): string {
  return printPage("Keys and algorithms", "scripts/security-documents/keys.ts and the definitions of the tables", [
    "## Policy",
    [
      "- A key has one owner, who is named where the installation is documented, and as few readers as it can have.",
      "- Keys are made by the system's generator of random numbers, never chosen; `NERVE_BACKUP_KEY` is at least 16 characters of a\n  password manager's making.",
      "- They lie in files of mode 0600, or in the environment of the process; never in the database, a repository, a command line, a\n  log or a mail.",
      "- A copy of the master keys and of the backup key is kept apart from the database and its backups, where two people find it.",
      "- Every value that a key wrote names the key and the version of its form (`enc2.k1.…`), so that both can be replaced.",
      "- What is encrypted in a column is bound to table, column and row: copied to another row it cannot be read. Values of the form `enc1`, from before that, are bound to table and column, and `nerve keys rotate` makes them `enc2`.",
      "- Whoever may have seen a key that was not theirs to see is a leak: what to do stands below, and is done the same day.",
    ].join("\n"),
    "## Keys",
    printTable(
      ["Key", "Settings", "Protects", "Lies in", "Rotation", "When it leaks"],
      keys.map(({ name, settings, protects, lies, rotation, leaked }) => [
        name,
        asCode(settings),
        protects,
        lies,
        rotation,
        leaked,
      ]),
    ),
    "What users and programs prove themselves with is never stored, only what it is recognised by:",
    printTable(
      ["Kept as", "Columns"],
      (["password", "digest", "encrypted", "harvested"] as const).map((kind) => [
        `\`${kind}\``,
        asCode(columnsOf(kind)),
      ]),
    ),
    "## Algorithms",
    "Nothing else is used: a test compares this list with what the code imports.",
    printTable(
      ["Algorithm", "Called as", "Used for", "Strength"],
      algorithms.map(({ name, calls, use, strength }) => [name, asCode(calls), use, strength]),
    ),
  ]);
}
