import type { Source } from "../../../engines/port/source.ts";
import { sqliteDialect } from "../../../engines/sqlite/run/dialect.ts";
import { openDatabase } from "../../../opening/open-database.ts";
import { ValidationError } from "../../../errors/index.ts";
import type { Database } from "../../../database/handle.ts";
import { forgetAllBounds } from "../../../quotas/bounds.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { nonEmptyTarget } from "../empty-target.ts";
import type { OnReject } from "../rejects.ts";
import { type MovingSummary, type OnProgress, ProgressMeter } from "../summary.ts";
import { type CopyRun, copyTable, readThrough } from "./copy-table.ts";
import { describeUnknown, findUnknownObjects } from "../../health/unknown-objects.ts";
import { type Extras, rejectExtras } from "../extras.ts";
import { findExtras } from "./find-extras.ts";
import { finishCopy } from "./finish-copy.ts";
import { isMissingFile, openSource, openTarget, type Place, tablesToCopy } from "./places.ts";
import { type ArrivedTable, beginCopy, type CopyState, emptyTable, startOver, withArrived } from "./progress-record.ts";
import { readSourceSchema, type SourceSchema } from "./source-schema.ts";
import { LeftBehind } from "./storable-rows.ts";
import { summarise } from "./summarise.ts";

/** How a database is copied. */
export interface CopyOptions {
  /** Read and check every row, and write nothing. Default false. */
  dryRun?: boolean;
  /** Take up a copy from the same source that was interrupted. Default false. */
  resume?: boolean;
  /** Receives each row that is left behind or changed, such as the `write` of `openRejectsFile`. */
  onReject?: OnReject;
  /** Called a few times a second. */
  onProgress?: OnProgress;
}

/** What was copied, and what the source has that was not. */
export type CopySummary = MovingSummary & Extras;

/**
 * Copies a database into an empty one, between any two engines: every row of one moment's state with its id, then keys,
 * indexes and foreign keys, then the next ids; the target's rows are counted and hashed, and compared with what was sent.
 * The source is only read.
 *
 * What was interrupted, even by a power cut, goes on with `resume`: tables that had arrived are compared with the source
 * as it is then, and if it has changed the copy starts over, so that the result is one moment's state all the same.
 *
 * The tables are NERVE's, and those of your own that the target was opened with. What else the source holds stays behind, and
 * is named in the summary and to `onReject`: tables with their rows, columns with their values.
 *
 * A source of an older schema is copied into a target of that schema, which is migrated in the end.
 *
 * Encrypted values are copied as they are: give the target the same keys. Datetimes are copied to the millisecond.
 *
 * @param from the source: an open database, or a URL
 * @param to the target: an open database, or a URL; its schema is made where it is missing
 * @param options see `CopyOptions`
 * @returns what became of each table, and which tables and columns are not copied
 * @throws {ValidationError} INVALID_INPUT for `to` when it was not opened with the tables that the source was opened with,
 *   or holds a trigger or the like that NERVE did not make
 * @throws {ConflictError} CONFLICT when the target has rows, or is in the middle of a copy and `resume` is not given
 * @throws {ConflictError} REFERENCE_VIOLATION, CONFLICT when the source breaks the rules of its own schema
 * @throws {MigrationError} SCHEMA_NEWER when a newer NERVE migrated the source; SCHEMA_OUTDATED when it was never migrated, or is
 *   older and the target is not a new database by its URL
 * @throws {DatabaseConnectionError} CONNECTION_FAILED when one of them cannot be reached
 * @example
 * const summary = await copyDatabase(db, "sqlite::memory:", { dryRun: true });
 * summary.rejectedTotal; // 0
 */
export async function copyDatabase(from: Place, to: Place, options: CopyOptions = {}): Promise<CopySummary> {
  const wanted = tablesToCopy(from, to);
  const source = await openSource(from);
  try {
    const schema = await readSourceSchema(source, wanted);
    const { tables } = schema;
    const counts = await countRows(source, tables);
    const rowsTotal = [...counts.values()].reduce((sum, rows) => sum + rows, 0);
    const meter = new ProgressMeter({ rowsTotal, onProgress: options.onProgress });
    const listeners = { meter, onReject: options.onReject };
    const extras = await findExtras(source, tables);
    rejectExtras(extras, options.onReject);
    const summary =
      options.dryRun === true
        ? await rehearse({ source, tables }, to, listeners)
        : await copyAll({ source, ...schema }, to, { ...listeners, counts, resume: options.resume ?? false });
    // What is not there yet cannot be missing: the target is migrated with its rows in it.
    if (schema.isOlder && options.dryRun !== true) await bringUpToDate(to);
    return { ...summary, ...extras };
  } finally {
    await source.close();
  }
}

/** Rows from which it pays to make the indexes of a table after its rows. */
const rowsOfLargeTable = 1000;

/** What is copied: tables, each after those it refers to. */
interface Load {
  readonly source: Source;
  readonly tables: readonly TableDefinition[];
}

type Listeners = Pick<CopyRun, "meter" | "onReject">;

async function rehearse({ source, tables }: Load, to: Place, listeners: Listeners): Promise<MovingSummary> {
  const dialect = await dialectOfEmpty(to, tables);
  const run: CopyRun = { source, dialect, leftBehind: new LeftBehind(), ...listeners };
  const arrived: Record<string, ArrivedTable> = {};
  for (const table of tables) arrived[table.name] = await readThrough(run, table, listeners.onReject);
  return summarise({ tables, arrived, durationMs: listeners.meter.elapsedMs, matches: undefined });
}

/** Looks at the target without touching it. */
async function dialectOfEmpty(to: Place, tables: readonly TableDefinition[]): Promise<Source["dialect"]> {
  if (isMissingFile(to)) return sqliteDialect;
  const target = await openSource(to);
  try {
    for (const table of tables) {
      if ((await target.has(table)) && (await target.count(table)) > 0) throw nonEmptyTarget(table.name);
    }
    return target.dialect;
  } finally {
    await target.close();
  }
}

async function copyAll(
  { source, ...schema }: SourceSchema & Pick<Load, "source">,
  to: Place,
  { counts, resume, ...listeners }: Listeners & { counts: ReadonlyMap<string, number>; resume: boolean },
): Promise<MovingSummary> {
  const { tables } = schema;
  const { db, close } = await openTarget(to, schema);
  try {
    // A target of an older schema was made just now, and by nobody else.
    if (!schema.isOlder) await refuseUnknownObjects(db);
    const { dialect } = db.connection;
    let run: CopyRun = { source, dialect, leftBehind: new LeftBehind(), ...listeners };
    const large = tables.filter(({ name }) => (counts.get(name) ?? 0) >= rowsOfLargeTable);
    let state = await beginCopy(db, { source: source.identity, large, resume });
    if (!(await hasStayedTheSame(run, state, tables))) {
      state = await startOver(db, state);
      run = { ...run, leftBehind: new LeftBehind() };
    }
    for (const table of tables) {
      if (state.arrived[table.name] !== undefined) continue;
      const isEmpty = counts.get(table.name) === 0;
      state = isEmpty
        ? withArrived(state, table, emptyTable)
        : await copyTable({ ...run, target: db, isLarge: state.large.includes(table.name) }, table, state);
    }
    // What was stored in the target before it was emptied does not bound what came; an older schema has no bounds yet.
    if (!schema.isOlder) await forgetAllBounds(db);
    const matches = await finishCopy(db, state, run.meter);
    return summarise({ tables, arrived: state.arrived, durationMs: run.meter.elapsedMs, matches });
  } finally {
    await close();
  }
}

/** @throws {ValidationError} INVALID_INPUT for `to` when something there would act on the rows that come */
async function refuseUnknownObjects(db: Database): Promise<void> {
  const [first] = await findUnknownObjects(db);
  if (first === undefined) return;
  throw new ValidationError([{ field: "to", message: `holds ${describeUnknown(first)}, which NERVE did not make` }]);
}

/** Reads the tables that have arrived once more: the source may have changed since the copy was interrupted. */
async function hasStayedTheSame(run: CopyRun, state: CopyState, tables: readonly TableDefinition[]): Promise<boolean> {
  const silent = { ...run, meter: new ProgressMeter({ rowsTotal: 0, onProgress: undefined }) };
  for (const table of tables) {
    const arrived = state.arrived[table.name];
    if (arrived === undefined) continue;
    run.meter.report(table.name, "comparison");
    const now = await readThrough(silent, table);
    if (now.sum !== arrived.sum || now.read !== arrived.read) return false;
  }
  for (const { read } of Object.values(state.arrived)) run.meter.skip(read);
  return true;
}

async function countRows(source: Source, tables: readonly TableDefinition[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) counts.set(table.name, (await source.has(table)) ? await source.count(table) : 0);
  return counts;
}

async function bringUpToDate(to: Place): Promise<void> {
  if (typeof to === "string") await (await openDatabase(to, { statementTimeoutMs: 0 })).close();
}
