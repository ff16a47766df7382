import { randomBytes } from "node:crypto";
import { createKeyRing } from "../../../cryptography/index.ts";
import type { Database } from "../../../database/handle.ts";
import { transaction } from "../../../database/transaction.ts";
import { type ForeignFile, openForeignFile } from "../../../engines/sqlite/moving/foreign-file.ts";
import { ValidationError } from "../../../errors/index.ts";
import { forgetAllBounds } from "../../../quotas/bounds.ts";
import { auditLogs } from "../../../schema/core.ts";
import { tables } from "../../../schema/tables.ts";
import type { Extras } from "../extras.ts";
import { type OnReject, RejectCounter } from "../rejects.ts";
import { type MovingSummary, type OnProgress, ProgressMeter } from "../summary.ts";
import { type FedScans, feedOlderScans } from "./feed-older-scans.ts";
import { type ImportRun, importTable, presentColumns } from "./import-table.ts";
import { NewIds } from "./new-ids.ts";
import { OwningCompanies } from "./owning-companies.ts";
import { References } from "./references.ts";
import { restoreSetUpRows, takeSetUpRows } from "./set-up-rows.ts";

/** Those that the older system has as well. */
const originalTables = tables.filter(({ inOriginal }) => inOriginal);

/** How a file of the older system is imported. */
export interface ImportOptions {
  /** The `ghost.db` of the older system. */
  file: string;
  /** Receives each row that is left behind or changed, such as the `write` of `openRejectsFile`. */
  onReject?: OnReject;
  /** Try it and tell what would happen; the target stays empty. Default false. */
  dryRun?: boolean;
  /** Called a few times a second. */
  onProgress?: OnProgress;
}

/** What was imported, and what the file and this system do not have in common. */
export interface ImportSummary extends MovingSummary, Extras {
  /** What became of the scans of the attack surface that it holds. */
  scans: FedScans;
  /** Tables that the file does not have; they stay empty. */
  missingTables: string[];
  /** What may be missing in the file, in words for an operator. */
  warnings: string[];
}

/**
 * Imports the `ghost.db` of the older Python system into a new database, all or nothing. Rows keep their ids and
 * password hashes; enum names become values; tokens become digests, so that a session or key that was valid stays
 * valid; two-factor secrets and harvested credentials are encrypted. The file is only read.
 *
 * A row whose id lies beyond ±(2^53 − 1), as SQLite gives them at random once a table held the id 2^63 − 1, gets another, and what
 * refers to it follows: also the audit log, and ids that the documents of the audit log and of security events name.
 *
 * Records belong to the company that their user is in, and scans count towards the quotas with what they hold.
 *
 * What its scans of the attack surface found becomes findings, in the order of their times: those of the company of a scan's owner,
 * else of the company in one of whose domains its target lies. Copies for display, and what stands on its own, add to that and close
 * nothing. Scans that were deleted are not read.
 *
 * What cannot be stored is left behind with a reason, and so are the rows that need it. A reference that may be empty
 * (ON DELETE SET NULL) to a row that is missing is emptied instead. Of two rows with the same unique value the one with
 * the lower id stays. A verification link is good for 24 hours after the import, and live sessions count as used then.
 *
 * The database may have its first administrator, and nothing else: that account, its sessions and its traces in the logs
 * get ids after the imported ones.
 *
 * On SQLite, the calling thread is busy while it runs.
 *
 * @param db the database, in which nothing has happened but set-up
 * @param options see `ImportOptions`
 * @returns what became of each table
 * @throws {ValidationError} INVALID_INPUT when there is no such file, or it has none of the tables
 * @throws {ConflictError} CONFLICT when the database has other rows, naming the table; or when the file has a user with
 *   the e-mail address of its administrator
 * @throws {DatabaseConnectionError} CORRUPT when the file is damaged or no SQLite database
 * @throws {BusyError} BUSY when another program is writing the file
 * @example
 * const moved = await openDatabase("sqlite::memory:");
 * const { rejectedTotal } = await importLegacy(moved, { file: "ghost.db" });
 * await moved.close();
 */
export async function importLegacy(
  db: Database,
  { file, onReject, dryRun = false, onProgress }: ImportOptions,
): Promise<ImportSummary> {
  const source = openForeignFile(file);
  try {
    const differences = compareTables(source);
    let summary: (MovingSummary & Pick<ImportSummary, "scans">) | undefined;
    const undo = new Error("The dry run is over.");
    try {
      await transaction(db, async (tx) => {
        // A dry run leaves nothing behind, a key file included.
        const keys = dryRun ? createKeyRing({ current: { id: "dry-run", key: randomBytes(32) } }) : await tx.secrets();
        summary = await importTables({ tx, source, keys }, { onReject, onProgress });
        if (dryRun) throw undo;
        for (const table of originalTables) await db.connection.dialect.continueIds(tx.executor, table);
      });
    } catch (error) {
      if (error !== undo) throw error;
    }
    return { ...(summary as MovingSummary & Pick<ImportSummary, "scans">), ...differences };
  } finally {
    source.close();
  }
}

type Listeners = { onReject: OnReject | undefined; onProgress: OnProgress | undefined };

async function importTables(
  parts: Pick<ImportRun, "tx" | "source" | "keys">,
  { onReject, onProgress }: Listeners,
): Promise<MovingSummary & Pick<ImportSummary, "scans">> {
  const { tx, source } = parts;
  await tx.connection.dialect.prepareLongWork(tx.executor, { durable: true });
  const setUpRows = await takeSetUpRows(tx);
  const present = originalTables.filter(({ name }) => source.tables.includes(name));
  const rowsTotal = present.reduce((sum, { name }) => sum + source.count(name), 0);
  const meter = new ProgressMeter({ rowsTotal, onProgress });
  const rejects = new RejectCounter(onReject);
  const references = new References(
    originalTables,
    (table, column, key) => source.columns(table).includes(column) && source.has(table, column, key),
  );
  const newIds = new NewIds(source, present);
  const run: ImportRun = { ...parts, references, rejects, meter, newIds, companies: new OwningCompanies() };
  const summaries = [];
  for (const table of originalTables) summaries.push(await importTable(run, table));
  await restoreSetUpRows(tx, setUpRows);
  // Imports of scans are told in the audit log, which has got rows with ids of their own.
  await tx.connection.dialect.continueIds(tx.executor, auditLogs);
  const scans = await feedOlderScans(tx, rejects);
  await forgetAllBounds(tx);
  meter.report(originalTables.at(-1)?.name ?? "");
  return {
    scans,
    tables: summaries,
    rejectedTotal: rejects.total("rejected"),
    adjustedTotal: rejects.total("adjusted"),
    reasons: rejects.reasons,
    sequencesSet: originalTables.filter(({ columnList }) => columnList.some(({ kind }) => kind === "id")).length,
    durationMs: meter.elapsedMs,
  };
}

/** @throws {ValidationError} when the file has nothing to do with this system */
function compareTables(source: ForeignFile): Omit<ImportSummary, keyof MovingSummary | "scans"> {
  const known = new Map<string, (typeof originalTables)[number]>(originalTables.map((table) => [table.name, table]));
  if (!source.tables.some((name) => known.has(name))) {
    throw new ValidationError([{ field: "file", message: "has none of the tables of NERVE" }]);
  }
  const extraTables = source.tables.filter((name) => !known.has(name));
  const extraColumns = source.tables.flatMap((name) => {
    const table = known.get(name);
    if (table === undefined) return [];
    const present = presentColumns(source, table);
    return source
      .columns(name)
      .filter((column) => !present.includes(column))
      .map((column) => ({ table: name, column }));
  });
  return {
    warnings: [...source.warnings],
    extraTables: extraTables.map((table) => ({ table, rows: source.count(table) })),
    extraColumns: extraColumns.map((extra) => ({ ...extra, values: source.count(extra.table, extra.column) })),
    missingTables: originalTables.map(({ name }) => name).filter((name) => !source.tables.includes(name)),
  };
}
