import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { importChanges, type JournaledTable } from "../../schema/surface/import-changes.ts";
import type { JsonValue, TableDefinition } from "../../schema/kit/index.ts";
import type { ImportRun } from "./running/import-run.ts";

/** A row that an import is about to change or has made. */
export interface JournalEntry {
  readonly tableName: JournaledTable;
  readonly rowId: number;
  /** The old values of the columns that change, by property names; null where the row is new. */
  readonly before: Readonly<Record<string, unknown>> | null;
}

/** Writes down what rows were before an import changed them, in the transaction that changes them. */
export async function writeJournal(
  tx: Transaction,
  { importId, companyId }: Pick<ImportRun, "importId" | "companyId">,
  entries: readonly JournalEntry[],
): Promise<void> {
  await insertMany(
    tx,
    importChanges,
    entries.map((entry) => ({ ...entry, before: entry.before as JsonValue, companyId, importId })),
  );
}

/** What rows of a table were before an import changed them, by their ids; null where it made the row. */
export async function readJournal(
  tx: Transaction,
  importId: number,
  table: JournaledTable,
): Promise<Map<number, JournalEntry["before"]>> {
  const query = tx.sql
    .selectFrom("import_changes")
    .select(["row_id", "before"])
    .where("import_id", "=", importId)
    .where("table_name", "=", table)
    .orderBy("id", "desc");
  const olds = new Map<number, JournalEntry["before"]>();
  // Of several changes of a row the first one's values are the oldest, and come last.
  for (const { rowId, before } of await fetchAll(tx, query))
    olds.set(rowId, before === null ? null : { ...olds.get(rowId), ...(before as Record<string, unknown>) });
  return olds;
}

/** Times come out of the journal's JSON as text. */
export function revived(
  { columnList }: TableDefinition,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const column = columnList.find(({ property }) => property === name);
      return [name, column?.kind === "datetime" && typeof value === "string" ? new Date(value) : value];
    }),
  );
}
