import { quoteName } from "../../shared/ddl.ts";
import type { BackupConnection, CopyIn } from "./backup-connection.ts";
import { type RowsSink, RowsWatch } from "./archive-rows.ts";
import { checkStatements } from "./archive-statements.ts";
import { readProgram, readProgramText } from "./check-archive.ts";
import type { ClientPrograms } from "./client-programs.ts";
import { moveInString, moveStatements, type SchemaMove } from "./move-statements.ts";

/** An archive that was looked through, and what of it is loaded. */
export interface ArchiveLoad {
  readonly programs: ClientPrograms;
  readonly archive: string;
  /** Options of pg_restore. */
  readonly options: readonly string[];
  readonly move: SchemaMove;
}

/**
 * Loads an archive into a schema of the database at hand, which pg_restore cannot: it knows only the name that the schema had. In
 * one transaction, with nothing on the search path that could take the place of PostgreSQL's own functions.
 */
export async function loadArchive(connection: BackupConnection, load: ArchiveLoad): Promise<void> {
  await connection.run("BEGIN; SET LOCAL search_path = ''");
  await runSection(connection, load, "pre-data");
  await loadRows(connection, load);
  await runSection(connection, load, "post-data");
  await connection.run("COMMIT");
}

async function runSection(
  connection: BackupConnection,
  { programs, archive, options, move }: ArchiveLoad,
  section: string,
): Promise<void> {
  const script = await readProgramText(programs, [...options, `--section=${section}`, "--file=-", archive]);
  checkStatements(script);
  for (const statement of moveStatements(script, move)) await connection.run(statement);
}

const copyLine = /^COPY .*?\.("(?:[^"]|"")+"|[^\s"]+) (.*?) ?FROM stdin;$/;

async function loadRows(
  connection: BackupConnection,
  { programs, archive, options, move }: ArchiveLoad,
): Promise<void> {
  let steps: (() => Promise<void>)[] = [];
  let copying: CopyIn | undefined;
  const sink: RowsSink = {
    line(line) {
      const [, table, columns] = copyLine.exec(line) ?? [];
      if (table !== undefined) {
        steps.push(async () => {
          copying = await connection.copyIn(`COPY ${quoteName(move.to)}.${table} ${columns ?? ""} FROM STDIN`);
        });
      } else if (line.startsWith("SELECT pg_catalog.setval")) {
        steps.push(() => connection.run(line.replace(/'(?:[^']|'')+'/, (text) => moveInString(text, move))));
      }
    },
    rows: (piece) => steps.push(async () => copying?.write(piece)),
    rowsEnd: () => steps.push(async () => copying?.end()),
  };
  const watch = new RowsWatch(sink);
  const work = async () => {
    const due = steps;
    steps = [];
    for (const step of due) await step();
  };
  await readProgram(programs, [...options, "--data-only", "--file=-", archive], (output) => {
    watch.push(output);
    return work();
  });
  watch.end();
  await work();
}
