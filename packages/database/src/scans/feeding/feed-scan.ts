import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import {
  BusyError,
  DatabaseConnectionError,
  DatabaseError,
  type ErrorCode,
  TransactionError,
} from "../../errors/index.ts";
import { type PreparedSlice, prepareSlice } from "../../surface/importing/merging/prepare-slice.ts";
import { preparedBy } from "../../surface/importing/running/begin-import.ts";
import { importWhole } from "../../surface/importing/running/import-whole.ts";
import type { ImportReceipt } from "../../surface/importing/report/receipt.ts";
import { importSchema } from "../../surface/importing/report/report-to-import.ts";
import { parseInput } from "../../validation/input.ts";
import type { ScanReading } from "./read-scan.ts";

/** Why the findings of a scan were not taken in: it belongs to no company, or the code of the error that stood in the way. */
export type NotFed = "no-company" | ErrorCode;

/** What became of the findings of a scan. */
export type Fed =
  { readonly findings: ImportReceipt; readonly reason: null } | { readonly findings: null; readonly reason: NotFed };

/** A scan as it is fed. */
export interface ScanToFeed {
  readonly companyId: number;
  readonly target: string;
  /** What the import is called by; made up where it is left out. */
  readonly importId?: string;
  /** The id that the scanner gave; told with the import. */
  readonly name: string;
  /** When it ran, where the results do not say so. */
  readonly scannedAt?: Date;
  /** It is taken though a newer one of its series was. */
  readonly asNewest?: boolean;
  /** It shows a part only, and closes nothing. */
  readonly partial?: boolean;
}

const longestSeries = 200;
const longestTarget = 600;

/**
 * Takes the findings of a scan in, in the transaction given. What stands in their way takes back nothing but them: a scan is kept
 * whether or not its findings can be, since it can be saved again, and they cannot be had from nothing. Only where the transaction
 * itself cannot go on everything ends.
 */
export async function feedScan(
  tx: Transaction,
  { companyId, target, importId, name, ...said }: ScanToFeed,
  reading: ScanReading,
  caller: Caller,
): Promise<Fed> {
  if ("refused" in reading) return { findings: null, reason: reading.refused };
  try {
    const options = parseInput(importSchema, {
      target: target.slice(0, longestTarget),
      series: target.slice(0, longestSeries),
      fileName: name,
      ...(importId === undefined ? {} : { scanId: importId }),
      ...said,
    });
    const by = preparedBy(reading.survey, options.target ?? null);
    const findings = await transaction(tx, async (savepoint) => {
      const slices: PreparedSlice[] = [];
      for (const records of reading.slices) slices.push(await prepareSlice(savepoint, records, by, options));
      return importWhole(savepoint, { ...reading, slices }, { ...options, companyId }, caller);
    });
    return { findings, reason: null };
  } catch (error) {
    if (!(error instanceof DatabaseError) || isFatal(error)) throw error;
    return { findings: null, reason: error.code };
  }
}

/** Nothing of a transaction is stored after these. */
function isFatal(error: DatabaseError): boolean {
  return [BusyError, DatabaseConnectionError, TransactionError].some((fatal) => error instanceof fatal);
}
