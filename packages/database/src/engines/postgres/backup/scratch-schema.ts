import { BackupError, BusyError, DatabaseError } from "../../../errors/index.ts";
import { hasCode } from "../../../files/errors.ts";
import type { Contents, Replacement, ScratchDatabase } from "../../port/backup.ts";
import { quoteName } from "../../shared/ddl.ts";
import { BackupConnection, urlInSchema, withConnection } from "./backup-connection.ts";
import { readContents, schemaOf } from "./contents.ts";
import { readBeside } from "./left-out.ts";
import { type ArchiveLoad, loadArchive } from "./load-archive.ts";
import { claimName, damagedName, ownerLock, temporaryName, temporaryPrefix } from "./scratch-database.ts";
import { dropRemakes, makeAgain, readRemakes } from "./remakes.ts";
import { exchangeTables, findDependents, type SchemaExchange } from "./swap-schemas.ts";

const insufficientPrivilege = "42501";
/** More names than these say no more. */
const namesShown = 5;

/** Drops the temporary schemas whose makers' processes have ended. */
async function dropAbandoned(connection: BackupConnection): Promise<void> {
  const names = await connection.rows<{ name: string }>(
    `SELECT nspname::text AS name FROM pg_namespace
     WHERE nspname ^@ $1 AND pg_has_role(nspowner, 'USAGE') AND NOT EXISTS (
       SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = ${ownerLock}
         AND objid = (hashtext(nspname)::bigint & 4294967295)::oid
     ) ORDER BY 1`,
    [temporaryPrefix],
  );
  for (const { name } of names) await connection.run(`DROP SCHEMA IF EXISTS ${quoteName(name)} CASCADE`);
}

function translateCreation(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || !hasCode(error.cause, insufficientPrivilege)) return error;
  return new BackupError("BACKUP_FAILED", {
    message:
      "The role may create neither databases nor schemas, of which verifying and restoring need one: grant it CREATEDB, or CREATE ON DATABASE, or give the URL of a role that may. " +
      "Where none of that is to be had, NERVE_BACKUP_VERIFY_DAILY=false makes the daily backup untried, and `nerve backup create --no-verify` another.",
    cause: error,
  });
}

/**
 * A schema beside the live one, in the same database: where the role may not create databases, and where the database holds
 * what would be lost with it.
 */
export class ScratchSchema implements ScratchDatabase {
  readonly name: string;
  readonly url: string;
  readonly isApart = false;
  readonly #liveUrl: string;
  /** Holds the name. */
  readonly #holder: BackupConnection;

  private constructor(parts: { name: string; liveUrl: string; holder: BackupConnection }) {
    this.name = parts.name;
    this.url = urlInSchema(parts.liveUrl, parts.name);
    this.#liveUrl = parts.liveUrl;
    this.#holder = parts.holder;
  }

  /** Creates an empty one. */
  static async create(liveUrl: string): Promise<ScratchSchema> {
    const holder = await BackupConnection.open(liveUrl);
    try {
      await dropAbandoned(holder);
      const name = temporaryName();
      await claimName(holder, name);
      await holder.run(`CREATE SCHEMA ${quoteName(name)}`);
      return new ScratchSchema({ name, liveUrl, holder });
    } catch (error) {
      await holder.end();
      throw translateCreation(error);
    }
  }

  load(load: Omit<ArchiveLoad, "move">, from: string): Promise<void> {
    return withConnection(this.#liveUrl, (connection) =>
      loadArchive(connection, { ...load, move: { from, to: this.name } }),
    );
  }

  check(): Promise<Contents> {
    return withConnection(this.url, readContents);
  }

  async discard(): Promise<void> {
    try {
      await this.#holder.run(`DROP SCHEMA IF EXISTS ${quoteName(this.name)} CASCADE`);
    } finally {
      await this.#holder.end();
    }
  }

  /**
   * Puts the tables into the place of the live ones.
   * @param holder a connection to the live database, in whose transaction writers are kept out
   */
  async replace(
    holder: BackupConnection,
    { save, finish }: { save: () => Promise<boolean>; finish: Replacement["finish"] },
  ): Promise<{ kept: string | null }> {
    const { live, stays } = await refuseDependents(holder);
    const kept = (await save()) ? null : damagedName(live);
    const aside = kept ?? temporaryName();
    await claimName(this.#holder, aside);
    const there = { live, incoming: this.name, aside, stays };
    try {
      await exchange(holder, there, `CREATE SCHEMA ${quoteName(aside)}`);
    } catch (error) {
      throw error instanceof BusyError ? stillRead(error) : error;
    }
    try {
      await finish();
    } catch (error) {
      await holder.run("BEGIN");
      await exchange(holder, { ...there, incoming: aside, aside: this.name });
      await holder.run(`DROP SCHEMA ${quoteName(aside)}`);
      throw error;
    }
    if (kept === null) await this.#holder.run(`DROP SCHEMA ${quoteName(aside)} CASCADE`);
    return { kept };
  }
}

/** Ends the transaction that is open. What hangs on the tables and is in no backup is made again on the new ones. */
async function exchange(holder: BackupConnection, there: SchemaExchange, before?: string): Promise<void> {
  if (before !== undefined) await holder.run(before);
  const remakes = await readRemakes(holder, there.live, there.stays);
  await dropRemakes(holder, remakes);
  await exchangeTables(holder, there);
  await makeAgain(holder, remakes);
  await holder.run("COMMIT");
}

function stillRead(cause: BusyError): BusyError {
  return new BusyError({
    message: "Another session has been using the tables for too long. Stop what uses the database, then restore.",
    cause,
  });
}

/**
 * Looks for what a restore within the database would leave with the old tables, and cannot make again.
 * @returns the schema, and names of what stays in it, since no backup holds it
 * @throws {BackupError} BACKUP_FAILED that names what depends on the tables
 */
export async function refuseDependents(connection: BackupConnection): Promise<{ live: string; stays: string[] }> {
  const live = (await schemaOf(connection)) ?? "public";
  const { relations } = await readBeside(connection.select);
  const stays = relations.map(({ name }) => name);
  const remade = (await readRemakes(connection, live, stays)).map(({ id }) => id);
  const found = await findDependents(connection, live, { stays, remade });
  if (found.length === 0) return { live, stays };
  const more = found.length > namesShown ? ` and ${found.length - namesShown} more` : "";
  throw new BackupError("BACKUP_FAILED", {
    message:
      `A restore replaces the tables, and this depends on them and is in no backup: ${found.slice(0, namesShown).join(", ")}${more}. ` +
      "Take it out, restore, and make it again; or restore into another database, whose URL you give.",
  });
}
