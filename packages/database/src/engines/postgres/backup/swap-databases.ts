import { setTimeout as sleep } from "node:timers/promises";
import { BusyError, DatabaseError } from "../../../errors/index.ts";
import { hasCode } from "../../../files/errors.ts";
import { quoteName, quoteText } from "../../shared/ddl.ts";
import { type BackupConnection, withConnection } from "./backup-connection.ts";

const objectInUse = "55006";
const pauseMs = 20;
/** Parameters whose value is a list that stands unquoted. */
const listParameters = new Set([
  "search_path",
  "temp_tablespaces",
  "local_preload_libraries",
  "session_preload_libraries",
]);

/** Gives a database the rights and settings of another, which no dump holds. */
export async function copyProperties(maintenance: BackupConnection, from: string, to: string): Promise<void> {
  const target = quoteName(to);
  const grants = await maintenance.rows<{ statement: string }>(
    `SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', $2::text) AS statement FROM pg_database
       WHERE datname = $1 AND datacl IS NOT NULL
     UNION ALL
     SELECT format('GRANT %s ON DATABASE %I TO %s%s', privilege_type, $2::text,
       CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END,
       CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
     FROM pg_database, aclexplode(datacl) WHERE datname = $1`,
    [from, to],
  );
  for (const { statement } of grants) await maintenance.run(statement);
  const settings = await maintenance.rows<{ role: string | null; setting: string }>(
    `SELECT CASE WHEN setrole = 0 THEN NULL ELSE pg_get_userbyid(setrole) END AS role, unnest(setconfig) AS setting
     FROM pg_db_role_setting WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = $1)`,
    [from],
  );
  for (const { role, setting } of settings) {
    const [, name = "", value = ""] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    const subject = role === null ? `DATABASE ${target}` : `ROLE ${quoteName(role)} IN DATABASE ${target}`;
    const written = listParameters.has(name.toLowerCase()) ? value : quoteText(value);
    await maintenance.run(`ALTER ${subject} SET ${quoteName(name)} = ${written}`);
  }
}

interface Sessions {
  readonly names: readonly string[];
  /** Process of the session that renames. */
  readonly renamer: number;
  /** Process of the session that is ended last. */
  readonly last: number | undefined;
}

/**
 * Ends the sessions that stand in the way of a rename. Only once the rename holds its lock, at which new sessions wait:
 * else a writer could slip in after the last session was ended.
 */
async function endSessions(watcher: BackupConnection, { names, renamer, last }: Sessions): Promise<void> {
  const [lock] = await watcher.rows<{ held: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND classid = 'pg_database'::regclass
       AND mode = 'AccessExclusiveLock' AND granted) AS held`,
    [renamer],
  );
  if (lock?.held !== true) return;
  const others = await watcher.rows<{ ended: boolean }>(
    `SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
     WHERE datname = ANY ($1) AND pid IS DISTINCT FROM $2 AND backend_type = 'client backend'`,
    [names, last ?? null],
  );
  if (others.length === 0 && last !== undefined) await watcher.rows("SELECT pg_terminate_backend($1)", [last]);
}

/**
 * Renames two databases in one transaction, so that one takes the other's place at one moment. All their sessions are
 * ended; from the first rename on, new ones wait until the transaction is over.
 *
 * @param names `live` becomes `aside`, `incoming` becomes `live`
 * @param last process of the session that ends last: it keeps writers out until nobody else is left
 * @throws {BusyError} BUSY when a session cannot be ended
 */
export async function swapDatabases(
  maintenanceUrl: string,
  { live, incoming, aside }: { live: string; incoming: string; aside: string },
  last?: number,
): Promise<void> {
  await withConnection(maintenanceUrl, async (renamer) => {
    await withConnection(maintenanceUrl, async (watcher) => {
      const [row] = await renamer.rows<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const sessions = { names: [live, incoming], renamer: row?.pid ?? 0, last };
      const done = new AbortController();
      const swap = rename(renamer, { live, incoming, aside }).finally(() => done.abort());
      const watch = async () => {
        // With its lock held, the rename waits five seconds for the sessions to end.
        for (; !done.signal.aborted; await sleep(pauseMs)) await endSessions(watcher, sessions).catch(() => undefined);
      };
      await Promise.all([swap, watch()]);
    });
  });
}

async function rename(
  connection: BackupConnection,
  { live, incoming, aside }: { live: string; incoming: string; aside: string },
): Promise<void> {
  try {
    await connection.run("BEGIN");
    await connection.run(`ALTER DATABASE ${quoteName(live)} RENAME TO ${quoteName(aside)}`);
    await connection.run(`ALTER DATABASE ${quoteName(incoming)} RENAME TO ${quoteName(live)}`);
    await connection.run("COMMIT");
  } catch (error) {
    if (!(error instanceof DatabaseError) || !hasCode(error.cause, objectInUse)) throw error;
    throw new BusyError({
      message: "Another account's session uses the database and cannot be ended. Stop it, then restore.",
      cause: error,
    });
  }
}
