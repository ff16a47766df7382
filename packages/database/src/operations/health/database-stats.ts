import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import type { Examiner } from "../../engines/port/upkeep.ts";
import { parseInput } from "../../validation/input.ts";

export interface DatabaseStats {
  /** Size on disk, in bytes. On SQLite with the write-ahead log. */
  readonly sizeBytes: number;
  /** The same in units of 1024 × 1024 bytes, with two decimals. */
  readonly sizeMb: number;
  /** The write-ahead log alone; null where it is not the database's own. */
  readonly walBytes: number | null;
  /** Rows of each table, soft-deleted ones included. */
  readonly tableCounts: Readonly<Record<string, number>>;
  readonly totalRecords: number;
  /** Whether any of the counts is an estimate. */
  readonly estimated: boolean;
}

const options = z.strictObject({ exact: z.boolean().default(true) });
const bytesOfMegabyte = 1024 * 1024;

/**
 * Tells how large the database is and how many rows its tables have.
 *
 * @param db the database, or an open transaction
 * @param input `exact`: whether to count every row, default true; otherwise tables that were analysed since they were
 *   made (`optimizeDatabase`) are estimated from that, which is fast whatever their size
 * @returns sizes and counts; `estimated` says whether any count is an estimate
 * @throws {DatabaseConnectionError} CONNECTION_FAILED, CORRUPT
 * @example
 * const { sizeMb, totalRecords } = await getDatabaseStats(db);
 * console.log(sizeMb, totalRecords);
 */
export async function getDatabaseStats(db: Handle, input: z.input<typeof options> = {}): Promise<DatabaseStats> {
  const wish = parseInput(options, input);
  return db.connection.upkeep.examine((examiner) => examineStats(examiner, wish));
}

/** Measures and counts with an examiner that is at work already. */
export async function examineStats(examiner: Examiner, wish: { exact: boolean }): Promise<DatabaseStats> {
  const { bytes, walBytes } = await examiner.measure();
  const { rows, estimated } = await examiner.countRows(wish);
  return {
    sizeBytes: bytes,
    sizeMb: Math.round((bytes / bytesOfMegabyte) * 100) / 100,
    walBytes,
    tableCounts: rows,
    totalRecords: Object.values(rows).reduce((sum, count) => sum + count, 0),
    estimated,
  };
}
