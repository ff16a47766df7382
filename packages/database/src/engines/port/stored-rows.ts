import type { ColumnKind, TableDefinition } from "../../schema/kit/index.ts";
import type { TableChecksum } from "../shared/checksum.ts";

/**
 * A value on its way from one database to another, in one form for every engine: datetimes as epoch milliseconds,
 * booleans as 0 and 1, JSON documents as their text, everything else as itself.
 */
export type StoredValue = string | number | null;

/** The values of a row in the order of its table's `columnList`. */
export type StoredRow = StoredValue[];

/** Whether nothing limits how long a value of the kind is. */
export function isUnbounded(kind: ColumnKind): boolean {
  return kind === "text" || kind === "json";
}

/** What a bulk load takes. */
export interface BulkLoad {
  readonly table: TableDefinition;
  /** The rows, some at a time, so that memory stays bounded. */
  readonly batches: Iterable<readonly StoredRow[]> | AsyncIterable<readonly StoredRow[]>;
  /** The table was emptied in the same transaction, so that nobody can see the rows before it ends. */
  readonly intoEmptied?: boolean;
  /** Receives every row that is sent. */
  readonly checksum?: TableChecksum | undefined;
}
