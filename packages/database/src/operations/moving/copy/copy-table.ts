import type { Database } from "../../../database/handle.ts";
import { transaction } from "../../../database/transaction.ts";
import { TableChecksum } from "../../../engines/shared/checksum.ts";
import type { Dialect } from "../../../engines/port/engine.ts";
import type { Source } from "../../../engines/port/source.ts";
import type { StoredRow } from "../../../engines/port/stored-rows.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { type OnReject, RejectCounter } from "../rejects.ts";
import type { ProgressMeter } from "../summary.ts";
import { type ArrivedTable, type CopyState, recordState, stepOptions, withArrived } from "./progress-record.ts";
import { type LeftBehind, sieve } from "./storable-rows.ts";

/** What the tables of a copy share. */
export interface CopyRun {
  readonly source: Source;
  /** The dialect of the target. */
  readonly dialect: Dialect;
  readonly leftBehind: LeftBehind;
  readonly meter: ProgressMeter;
  readonly onReject: OnReject | undefined;
}

/** A table on its way: its storable rows, and what is known once they have been read. */
interface Reading {
  readonly batches: AsyncIterable<StoredRow[]>;
  readonly checksum: TableChecksum;
  result(): ArrivedTable;
}

function startReading({ source, dialect, leftBehind, meter }: CopyRun, table: TableDefinition, onReject?: OnReject) {
  const rejects = new RejectCounter(onReject);
  const checksum = new TableChecksum(table, dialect.storedJson);
  const keepStorable = sieve({ table, dialect, leftBehind, rejects });
  let read = 0;
  async function* storable(): AsyncIterable<StoredRow[]> {
    for await (const batch of source.read(table)) {
      read += batch.length;
      meter.advance(table.name, batch.length);
      yield keepStorable(batch);
    }
  }
  const result = () => {
    const { rows, sum } = checksum.value;
    return { read, written: rows, sum, reasons: rejects.reasons };
  };
  return { batches: storable(), checksum, result } satisfies Reading;
}

/** A copy on its way into one table. */
interface TableRun extends CopyRun {
  readonly target: Database;
  /** Its keys and indexes were dropped for the load. */
  readonly isLarge: boolean;
}

/** Loads a table in one transaction with its record: what is interrupted was never there. */
export async function copyTable(run: TableRun, table: TableDefinition, state: CopyState): Promise<CopyState> {
  const { dialect, isLarge } = run;
  const { batches, checksum, result } = startReading(run, table, run.onReject);
  return transaction(run.target, async (tx) => {
    await dialect.prepareLongWork(tx.executor, stepOptions);
    // It is empty already: this tells the engine that nobody else sees the rows before the end.
    if (isLarge) await dialect.emptyTable(tx.executor, table);
    await tx.executor.load({ table, batches, checksum, intoEmptied: isLarge });
    const next = withArrived(state, table, result());
    await recordState(tx, next);
    return next;
  });
}

/** Reads a table without writing it anywhere, to see what would arrive. */
export async function readThrough(run: CopyRun, table: TableDefinition, onReject?: OnReject): Promise<ArrivedTable> {
  const { batches, checksum, result } = startReading(run, table, onReject);
  for await (const batch of batches) for (const row of batch) checksum.add(row);
  return result();
}
