import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { meteredTables } from "./metered-tables.ts";

/** How much is stored for somebody. */
export interface Usage {
  readonly rows: number;
  readonly bytes: number;
}

/** What can be read, and what was deleted and is on the disk until it is purged. */
export interface UsageByState {
  readonly live: Usage;
  readonly deleted: Usage;
}

type OwnerColumn = "user_id" | "company_id";

/** Read from an index alone: each metered table has one over the owner, whether a row is deleted, and its bytes. */
const usageIn = (table: (typeof meteredTables)[number], column: OwnerColumn) =>
  statement((sql, p: { id: number }) =>
    sql
      .selectFrom(table)
      .select((eb) => [
        eb.fn.countAll<number>().as("all_rows"),
        eb.fn.coalesce(eb.fn.sum<number>("stored_bytes"), eb.val(0)).as("all_bytes"),
        eb.fn.count<number>("deleted_at").as("deleted_rows"),
        eb.fn
          .coalesce(
            eb.fn.sum<number>(eb.case().when("deleted_at", "is not", null).then(eb.ref("stored_bytes")).else(0).end()),
            eb.val(0),
          )
          .as("deleted_bytes"),
      ])
      .where(column, "=", p.id),
  );

const statements = {
  user_id: meteredTables.map((table) => usageIn(table, "user_id")),
  company_id: meteredTables.map((table) => usageIn(table, "company_id")),
};

/** Adds up what is stored for a user, or for a company. */
export async function usageOf(db: Handle, column: OwnerColumn, id: number): Promise<UsageByState> {
  const live = { rows: 0, bytes: 0 };
  const deleted = { rows: 0, bytes: 0 };
  for (const usage of statements[column]) {
    const { allRows, allBytes, deletedRows, deletedBytes } = await usage.one(db, { id });
    deleted.rows += deletedRows;
    deleted.bytes += deletedBytes;
    live.rows += allRows - deletedRows;
    live.bytes += allBytes - deletedBytes;
  }
  return { live, deleted };
}
