import type { StoredRow, StoredValue } from "../../../engines/port/stored-rows.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";

const positionOf = ({ columnList }: TableDefinition, column: string) =>
  columnList.findIndex(({ name }) => name === column);

/**
 * Gives records the company that their user is in: in the older system they knew their user alone, and whoever reaches a company
 * would not find them.
 */
export class OwningCompanies {
  readonly #byUser = new Map<StoredValue, StoredValue>();

  /** Remembers where a user is at home. */
  remember(table: TableDefinition, row: StoredRow): void {
    if (table.name !== "users") return;
    this.#byUser.set(row[positionOf(table, "id")] ?? null, row[positionOf(table, "company_id")] ?? null);
  }

  /** Fills in the company of a record, unless the source itself says which it is. */
  fill(table: TableDefinition, present: readonly string[], row: StoredRow): void {
    const company = positionOf(table, "company_id");
    const user = positionOf(table, "user_id");
    if (company === -1 || user === -1 || present.includes("company_id")) return;
    row[company] = this.#byUser.get(row[user] ?? null) ?? null;
  }
}
