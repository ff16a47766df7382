import type { ExpressionBuilder } from "kysely";
import { z } from "zod";
import { actorField } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import { changeInBatches } from "../database/batches.ts";
import { before, day } from "../database/durations.ts";
import type { Handle, Transaction } from "../database/handle.ts";
import { rehearse } from "../database/rehearse.ts";
import { runQuery } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { primaryKeyOf, type TableDefinition } from "../schema/kit/index.ts";
import { assets } from "../schema/surface/assets.ts";
import { tables } from "../schema/tables.ts";
import { boundedInteger, parseInput } from "../validation/input.ts";
import { anyTable, type AnySchema } from "../database/any-table.ts";
import { hasSoftDelete } from "../records/known-table.ts";

/** What a purge deleted, or would delete. */
export interface PurgeResult {
  dryRun: boolean;
  total: number;
  /** Rows by table, for the tables that had any. Rows that went with the row they belong to are not counted. */
  tables: Record<string, number>;
}

const optionsInput = z.strictObject({
  olderThanDays: boundedInteger({ min: 0, max: 36_500 }).default(90),
  dryRun: z.boolean().default(false),
  actor: actorField,
});
export type PurgeOptions = z.input<typeof optionsInput>;

/** Rows that one statement deletes. */
const chunkSize = 1000;

const allTables: readonly TableDefinition[] = tables;

/** The columns whose rows keep a row of this table from being deleted. */
function restrictingColumns(table: TableDefinition) {
  return allTables.flatMap((referrer) =>
    referrer.columnList
      .filter(({ reference }) => reference?.table === table && reference.onDelete === "restrict")
      .map(({ name }) => ({ referrer: referrer.name, name })),
  );
}

/** What an asset became part of: its row leads reports that name it there. */
function wholeOf(where: ExpressionBuilder<AnySchema, string>) {
  return where
    .selectFrom("assets as wholes")
    .select("wholes.id")
    .whereRef("wholes.id", "=", "assets.parent_id")
    .whereRef("wholes.kind", "=", "assets.kind");
}

function deleteChunk(tx: Transaction, table: TableDefinition, cutoff: Date): Promise<number> {
  const sql = anyTable(tx);
  const key = primaryKeyOf(table).name;
  const old = sql
    .selectFrom(table.name)
    .select(`${table.name}.${key}`)
    .where("deleted_at", "<", cutoff)
    .limit(chunkSize);
  const unneeded = table === assets ? old.where((where) => where.not(where.exists(wholeOf(where)))) : old;
  const doomed = restrictingColumns(table).reduce(
    (query, { referrer, name }) =>
      query.where((where) => {
        const column = `${referrer}.${name}`;
        const referring = where.selectFrom(referrer).select(column).whereRef(column, "=", `${table.name}.${key}`);
        return where.not(where.exists(referring));
      }),
    unneeded,
  );
  return runQuery(tx, sql.deleteFrom(table.name).where(key, "in", doomed));
}

function purgeTable(tx: Transaction, table: TableDefinition, cutoff: Date): Promise<number> {
  return changeInBatches(chunkSize, () => deleteChunk(tx, table, cutoff));
}

async function purgeAll(tx: Transaction, cutoff: Date): Promise<Pick<PurgeResult, "total" | "tables">> {
  const result: Pick<PurgeResult, "total" | "tables"> = { total: 0, tables: {} };
  // The tables stand after those they refer to, so backwards what refers goes first.
  for (const table of allTables.filter(hasSoftDelete).toReversed()) {
    const deleted = await purgeTable(tx, table, cutoff);
    if (deleted === 0) continue;
    result.tables[table.name] = deleted;
    result.total += deleted;
  }
  return result;
}

/**
 * Deletes for good what was soft-deleted long ago, in every table, all or nothing. What belongs to a deleted row goes with it; a user
 * whom a row must name (RESTRICT in docs/SCHEMA.md) stays until that row is gone.
 *
 * @param db the database, or an open transaction
 * @param options `olderThanDays` since the soft delete (default 90), `dryRun` (default false): count only, exactly, by
 *   deleting and rolling back; `actor` (default the system)
 * @returns how many rows of which table
 * @throws {ValidationError} INVALID_INPUT with the option at fault
 * @example
 * const { total } = await purgeSoftDeleted(db, { olderThanDays: 30, dryRun: true });
 */
export async function purgeSoftDeleted(db: Handle, options: PurgeOptions = {}): Promise<PurgeResult> {
  const { olderThanDays, dryRun, actor } = parseInput(optionsInput, options);
  const cutoff = before(db.clock.now(), olderThanDays * day);
  if (dryRun) return { dryRun, ...(await rehearse(db, (tx) => purgeAll(tx, cutoff))) };
  return transaction(db, async (tx) => {
    const purged = await purgeAll(tx, cutoff);
    if (purged.total > 0) {
      await logAudit(tx, { action: "records_purged", metadata: { olderThanDays, tables: purged.tables }, actor });
    }
    return { dryRun, ...purged };
  });
}
