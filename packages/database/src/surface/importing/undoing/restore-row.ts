import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchFirst } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { revived } from "../journal.ts";

/** Gives a row its old values, unless it is gone since, as what was double is when assets are merged. */
export async function restoreRow(
  tx: Transaction,
  definition: TableDefinition,
  id: number,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const row = anyTable(tx).selectFrom(definition.name).select("id").where("id", "=", id);
  if ((await fetchFirst(tx, row)) !== null) await changeRow(tx, definition, id, revived(definition, values) as never);
}
