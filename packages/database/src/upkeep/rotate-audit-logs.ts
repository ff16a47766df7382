import { z } from "zod";
import { actorField } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import { columnsOf } from "../database/columns.ts";
import { before, day } from "../database/durations.ts";
import type { Database, Handle } from "../database/handle.ts";
import { fetchAll, fetchFirst, runQuery } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import type { RowOf } from "../schema/tables.ts";
import { boundedInteger, parseInput } from "../validation/input.ts";

/**
 * Keeps rows of the audit log elsewhere, safely, before it returns. What it returns, such as where they are now and their
 * digest, stands in the audit log as `archive`.
 */
export type AuditArchive = (rows: readonly RowOf<"audit_logs">[]) => Promise<JsonValue | void>;

const optionsInput = z.strictObject({
  keepDays: boundedInteger({ min: 1, max: 36_500 }).default(365),
  archive: z.custom<AuditArchive>((value) => typeof value === "function").optional(),
  actor: actorField,
});
export type RotateOptions = z.input<typeof optionsInput>;

/** Rows that are read, archived and deleted at once. */
const chunkSize = 2000;
const auditLogColumns = columnsOf("audit_logs");

function fetchOldest(db: Database, cutoff: Date): Promise<RowOf<"audit_logs">[]> {
  const query = db.sql
    .selectFrom("audit_logs")
    .select(auditLogColumns)
    .where("created_at", "<", cutoff)
    .orderBy("created_at")
    .orderBy("id")
    .limit(chunkSize);
  return fetchAll(db, query);
}

/**
 * Moves old rows out of the audit log, oldest first. Each chunk goes to the archive before it is deleted, and its deletion is
 * itself written to the audit log: a failure in between leaves rows that the next call archives once more, by the same ids, and
 * never loses one.
 *
 * @param db the database; not an open transaction, since the archive is awaited
 * @param options `keepDays` of the log (default 365), `archive` (default none: the rows are deleted), `actor` (default
 *   the system)
 * @returns how many rows were moved out
 * @throws {ValidationError} INVALID_INPUT with the option at fault
 * @throws what the archive throws; the rows that it was given stay in the log
 * @example
 * const archived: string[] = [];
 * const { rotated } = await rotateAuditLogs(db, {
 *   keepDays: 365,
 *   archive: async (rows) => void archived.push(...rows.map((row) => JSON.stringify(row))),
 * });
 */
export async function rotateAuditLogs(db: Database, options: RotateOptions = {}): Promise<{ rotated: number }> {
  const { keepDays, archive, actor } = parseInput(optionsInput, options);
  const cutoff = before(db.clock.now(), keepDays * day);
  let rotated = 0;
  for (let rows = await fetchOldest(db, cutoff); rows.length > 0; rows = await fetchOldest(db, cutoff)) {
    const receipt = (await archive?.(rows)) ?? undefined;
    const circumstances = { keepDays, archived: archive !== undefined };
    const metadata = receipt === undefined ? circumstances : { ...circumstances, archive: receipt };
    rotated += await forget(db, rows, metadata, actor);
  }
  return { rotated };
}

/** Counts the rows that are older than a moment. */
export async function countAuditLogsBefore(db: Handle, cutoff: Date): Promise<number> {
  const query = db.sql
    .selectFrom("audit_logs")
    .select((select) => select.fn.countAll<number>().as("rows"))
    .where("created_at", "<", cutoff);
  return (await fetchFirst(db, query))?.rows ?? 0;
}

function forget(
  db: Database,
  rows: readonly RowOf<"audit_logs">[],
  metadata: Readonly<Record<string, JsonValue>>,
  actor: z.output<typeof actorField>,
): Promise<number> {
  const ids = rows.map(({ id }) => id);
  return transaction(db, async (tx) => {
    const deleted = await runQuery(tx, tx.sql.deleteFrom("audit_logs").where("id", "in", ids));
    await logAudit(tx, { action: "audit_logs_rotated", metadata: { ...metadata, rows: deleted }, actor });
    return deleted;
  });
}
