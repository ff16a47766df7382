import type { Transaction } from "../../database/handle.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { importChanges, type JournaledTable } from "../../schema/surface/import-changes.ts";
import type { JsonValue } from "../../schema/kit/index.ts";
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
