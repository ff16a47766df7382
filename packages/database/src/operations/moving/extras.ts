import type { OnReject } from "./rejects.ts";

/** What a source holds that is not moved, for nothing here knows it. */
export interface Extras {
  /** Tables, with their rows. */
  extraTables: { table: string; rows: number }[];
  /** Columns of tables that are moved; `values` counts those that are not NULL. */
  extraColumns: { table: string; column: string; values: number }[];
}

/** Tells of each as of a row that is left behind: the key and the values are nobody's business here either. */
export function rejectExtras({ extraTables, extraColumns }: Extras, onReject: OnReject | undefined): void {
  const rejected = { kind: "rejected", key: null } as const;
  for (const { table, rows } of extraTables) {
    onReject?.({ ...rejected, table, column: null, reason: `is no table that is copied; it has ${rows} rows` });
  }
  for (const { table, column, values } of extraColumns) {
    onReject?.({ ...rejected, table, column, reason: `is no column that is copied; it has ${values} values` });
  }
}
