import { randomBytes } from "node:crypto";
import { BackupError, DatabaseError } from "../../../errors/index.ts";
import { hasCode } from "../../../files/errors.ts";
import type { Contents, ScratchDatabase } from "../../port/backup.ts";
import { quoteName, quoteText } from "../../shared/ddl.ts";
import { BackupConnection, urlInSchema, urlOfDatabase, withConnection } from "./backup-connection.ts";
import { readContents } from "./contents.ts";

/** Beginning of the name of every database, or schema, that can be dropped once its maker's process has ended. */
export const temporaryPrefix = "nerve_temporary_";
/** Any fixed number: the first half of the lock that says that the maker of a temporary database lives. */
export const ownerLock = 637_837_400;
const insufficientPrivilege = "42501";

/** A name that no database has. */
export function temporaryName(): string {
  return `${temporaryPrefix}${randomBytes(8).toString("hex")}`;
}

/** Most characters of a name that PostgreSQL keeps. */
const maxName = 63;

/** The name under which a database is kept that cannot be saved otherwise. */
export function damagedName(live: string): string {
  const ending = `_damaged_${randomBytes(4).toString("hex")}`;
  return `${live.slice(0, maxName - ending.length)}${ending}`;
}

/** Holds a temporary name until the connection ends, so that nobody takes its database for abandoned. */
export async function claimName(maintenance: BackupConnection, name: string): Promise<void> {
  await maintenance.run(`SELECT pg_advisory_lock(${ownerLock}, hashtext(${quoteText(name)}))`);
}

/**
 * Drops the temporary databases whose makers' processes have ended. Looks for their locks among those of the whole server:
 * an advisory lock that is taken in one database is free in every other.
 */
async function dropAbandoned(maintenance: BackupConnection): Promise<void> {
  const names = await maintenance.rows<{ name: string }>(
    `SELECT datname AS name FROM pg_database
     WHERE datname ^@ $1 AND pg_has_role(datdba, 'USAGE') AND NOT EXISTS (
       SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = ${ownerLock}
         AND objid = (hashtext(datname)::bigint & 4294967295)::oid
     ) ORDER BY 1`,
    [temporaryPrefix],
  );
  for (const { name } of names) await dropDatabase(maintenance, name);
}

export async function dropDatabase(maintenance: BackupConnection, name: string): Promise<void> {
  await maintenance.run(`DROP DATABASE IF EXISTS ${quoteName(name)} WITH (FORCE)`);
}

interface Likeness {
  /** Name of the database whose encoding and locale the new one has. */
  readonly like: string;
  /** Whether it has the other's owner as well; else it belongs to whoever creates it. */
  readonly owned: boolean;
}

/** Properties of a database that a new one has to be created with, as a clause of CREATE DATABASE. */
async function creationClause(maintenance: BackupConnection, { like, owned }: Likeness): Promise<string> {
  const [row] = await maintenance.rows<{ owner: string; properties: Record<string, string | null> }>(
    `SELECT pg_get_userbyid(datdba) AS owner, jsonb_build_object('encoding', pg_encoding_to_char(encoding)) ||
       (to_jsonb(d) - 'encoding') AS properties FROM pg_database d WHERE datname = $1`,
    [like],
  );
  if (row === undefined) throw new BackupError("BACKUP_FAILED", { message: "The database does not exist." });
  const { owner, properties } = row;
  const clauses = [`ENCODING ${quoteText(properties["encoding"] ?? "UTF8")}`];
  if (owned) clauses.push(`OWNER ${quoteName(owner)}`);
  if (properties["datcollate"] != null) clauses.push(`LC_COLLATE ${quoteText(properties["datcollate"])}`);
  if (properties["datctype"] != null) clauses.push(`LC_CTYPE ${quoteText(properties["datctype"])}`);
  const locale = properties["daticulocale"] ?? properties["datlocale"];
  if (properties["datlocprovider"] === "i" && locale != null) {
    clauses.push(`LOCALE_PROVIDER icu ICU_LOCALE ${quoteText(locale)}`);
  }
  return clauses.join(" ");
}

/** @returns the schema that the tables are in afterwards */
async function settleSchema(connection: BackupConnection, wanted: string | null): Promise<string> {
  const [row] = await connection.rows<{ schema: string }>(
    `SELECT n.nspname::text AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = 'schema_migrations' AND c.relkind = 'r' ORDER BY n.nspname IS DISTINCT FROM $1, 1 LIMIT 1`,
    [wanted],
  );
  const found = row?.schema ?? "public";
  if (wanted === null || wanted === found) return found;
  // The only schema that a new database has.
  if (wanted === "public") await connection.run("DROP SCHEMA public");
  await connection.run(`ALTER SCHEMA ${quoteName(found)} RENAME TO ${quoteName(wanted)}`);
  if (found === "public") await connection.run("CREATE SCHEMA public");
  return wanted;
}

/** A database that is dropped when its maker discards it or dies. */
export class PostgresScratch implements ScratchDatabase {
  readonly name: string;
  readonly isApart = true;
  #url: string;
  readonly #maintenance: BackupConnection;

  private constructor(parts: { name: string; url: string; maintenance: BackupConnection }) {
    this.name = parts.name;
    this.#url = parts.url;
    this.#maintenance = parts.maintenance;
  }

  /**
   * Creates an empty database that is like another.
   * @param options `url`: whose role works with the new one
   * @returns null where the role may create none
   */
  static async create(
    maintenanceUrl: string,
    { url, ...likeness }: Likeness & { url: string },
  ): Promise<PostgresScratch | null> {
    const maintenance = await BackupConnection.open(maintenanceUrl);
    try {
      await dropAbandoned(maintenance);
      const name = temporaryName();
      await claimName(maintenance, name);
      const clause = await creationClause(maintenance, likeness);
      await maintenance.run(`CREATE DATABASE ${quoteName(name)} TEMPLATE template0 ${clause}`);
      return new PostgresScratch({ name, url: urlOfDatabase(url, name), maintenance });
    } catch (error) {
      await maintenance.end();
      if (error instanceof DatabaseError && hasCode(error.cause, insufficientPrivilege)) return null;
      throw error;
    }
  }

  get url(): string {
    return this.#url;
  }

  /**
   * Moves NERVE's tables into the schema that the live database has them in, whatever it was called where they come from: what
   * is set for that database does not hold in this one yet.
   * @param schema null where the live database has none: the one of the copy stays
   */
  async settleIn(schema: string | null): Promise<void> {
    const found = await withConnection(this.url, (connection) => settleSchema(connection, schema));
    this.#url = urlInSchema(this.#url, found);
  }

  check(): Promise<Contents> {
    // References were checked when their constraints were made, after the rows.
    return withConnection(this.url, readContents);
  }

  async discard(): Promise<void> {
    try {
      await dropDatabase(this.#maintenance, this.name);
    } finally {
      await this.#maintenance.end();
    }
  }
}
