import { writeFile } from "node:fs/promises";
import { BackupError, DatabaseError } from "../../../errors/index.ts";
import type { BackupConnection } from "./backup-connection.ts";
import { readArchiveContents } from "./archive-contents.ts";
import { RowsWatch } from "./archive-rows.ts";
import { checkStatements } from "./archive-statements.ts";
import { type ClientPrograms, runClientProgram } from "./client-programs.ts";

/** Functions that give a value anew each time, and do nothing else. */
const harmless: ReadonlySet<string> = new Set(["nextval", "gen_random_uuid", "random", "clock_timestamp", "timeofday"]);

/** Longest text of statements that is read, in characters. */
const longestScript = 64 * 1024 * 1024;

/** An archive of which nothing but tables is restored. */
export interface CheckedArchive {
  /** Options of pg_restore that leave out what is not NERVE's. */
  readonly selection: readonly string[];
  /** The schema that the tables are in. */
  readonly schema: string;
}

/**
 * Looks through an archive before any of it runs: that it holds tables and what belongs to them, that no statement does
 * anything else whatever the table of contents calls it, that no expression calls a function with an effect, and that
 * nothing but rows stands among the rows.
 * @param connection to the server that it will be restored on
 * @throws {BackupError} BACKUP_INVALID that names what it found, or that it cannot be read
 */
export async function checkArchive(
  programs: ClientPrograms,
  archive: string,
  connection: BackupConnection,
): Promise<CheckedArchive> {
  const { wanted, isPart, schema } = readArchiveContents(await readProgramText(programs, ["--list", archive]));
  const listFile = `${archive}.list`;
  if (isPart) await writeFile(listFile, `${wanted.join("\n")}\n`, { mode: 0o600 });
  const selection = isPart ? [`--use-list=${listFile}`] : [];
  const script = await readProgramText(programs, [...selection, "--schema-only", "--file=-", archive]);
  await refuseEffects(connection, checkStatements(script));
  const watch = new RowsWatch();
  await readProgram(programs, [...selection, "--data-only", "--file=-", archive], (output) => watch.push(output));
  watch.end();
  return { selection, schema };
}

/** What pg_restore writes, as text. */
export async function readProgramText(programs: ClientPrograms, options: readonly string[]): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  await readProgram(programs, options, (output) => {
    length += output.length;
    if (length > longestScript)
      throw new BackupError("BACKUP_INVALID", { message: "The backup's schema is too long." });
    parts.push(output);
  });
  return Buffer.concat(parts).toString("utf8");
}

/** It connects to nothing, so it is told of nothing. */
export async function readProgram(
  programs: ClientPrograms,
  options: readonly string[],
  onOutput: (output: Buffer) => void | Promise<void>,
): Promise<void> {
  try {
    await runClientProgram(programs, "pg_restore", options, { PATH: "/usr/bin", LC_ALL: "C" }, onOutput);
  } catch (cause) {
    if (cause instanceof DatabaseError) throw cause;
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
