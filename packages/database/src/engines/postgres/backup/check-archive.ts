import { writeFile } from "node:fs/promises";
import { BackupError } from "../../../errors/index.ts";
import type { BackupConnection } from "./backup-connection.ts";
import { readArchiveContents } from "./archive-contents.ts";
import { RowsWatch } from "./archive-rows.ts";
import { checkStatements } from "./archive-statements.ts";
import { type ClientPrograms, runClientProgram } from "./client-programs.ts";

/** Functions that give a value anew each time, and do nothing else. */
const harmless: ReadonlySet<string> = new Set(["nextval", "gen_random_uuid", "random", "clock_timestamp", "timeofday"]);

/** Longest text of statements that is read, in characters. */
const longestScript = 64 * 1024 * 1024;

/**
 * Looks through an archive before any of it runs: that it holds tables and what belongs to them, that no statement does
 * anything else whatever the table of contents calls it, that no expression calls a function with an effect, and that
 * nothing but rows stands among the rows.
 * @param connection to the server that it will be restored on
 * @returns options of pg_restore that leave out what is not NERVE's
 * @throws {BackupError} BACKUP_INVALID that names what it found, or that it cannot be read
 */
export async function checkArchive(
  programs: ClientPrograms,
  archive: string,
  connection: BackupConnection,
): Promise<readonly string[]> {
  const trusted = await trustedExtensions(connection);
  const { wanted, isPart } = readArchiveContents(await readText(programs, ["--list", archive]), trusted);
  const listFile = `${archive}.list`;
  if (isPart) await writeFile(listFile, `${wanted.join("\n")}\n`, { mode: 0o600 });
  const selection = isPart ? [`--use-list=${listFile}`] : [];
  const script = await readText(programs, [...selection, "--schema-only", "--file=-", archive]);
  await refuseEffects(connection, checkStatements(script, trusted));
  const watch = new RowsWatch();
  await read(programs, [...selection, "--data-only", "--file=-", archive], (output) => watch.push(output));
  watch.end();
  return selection;
}

async function trustedExtensions(connection: BackupConnection): Promise<ReadonlySet<string>> {
  const rows = await connection.rows<{ name: string }>(
    "SELECT DISTINCT name::text AS name FROM pg_available_extension_versions WHERE trusted AND superuser",
  );
  return new Set(rows.map(({ name }) => name));
}

async function readText(programs: ClientPrograms, options: readonly string[]): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  await read(programs, options, (output) => {
    length += output.length;
    if (length > longestScript)
      throw new BackupError("BACKUP_INVALID", { message: "The backup's schema is too long." });
    parts.push(output);
  });
  return Buffer.concat(parts).toString("utf8");
}

/** It connects to nothing, so it is told of nothing. */
async function read(
  programs: ClientPrograms,
  options: readonly string[],
  onOutput: (output: Buffer) => void,
): Promise<void> {
  try {
    await runClientProgram(programs, "pg_restore", options, { PATH: "/usr/bin", LC_ALL: "C" }, onOutput);
  } catch (cause) {
    if (cause instanceof BackupError) throw cause;
    throw new BackupError("BACKUP_INVALID", { message: "pg_restore cannot read the backup: it is damaged.", cause });
  }
}

async function refuseEffects(connection: BackupConnection, called: ReadonlySet<string>): Promise<void> {
  const names = [...called].filter((name) => !harmless.has(name));
  const [found] = await connection.rows<{ name: string }>(
    `SELECT proname AS name FROM pg_proc
     WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v' AND proname = ANY ($1) ORDER BY 1 LIMIT 1`,
    [names],
  );
  if (found === undefined) return;
  throw new BackupError("BACKUP_INVALID", {
    message: `The backup holds a rule or a value that calls ${found.name}(), which NERVE did not make.`,
  });
}
