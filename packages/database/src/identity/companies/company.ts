import { columnsOf } from "../../database/columns.ts";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { NotFoundError } from "../../errors/index.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";

/** A tenant. */
export type Company = VisibleRowOf<"companies">;

export const companyColumns = columnsOf("companies");

const lock = statement((sql, p: { id: number }) =>
  sql.selectFrom("companies").select(companyColumns).where("id", "=", p.id).forNoKeyUpdate(),
);

/**
 * Locks a company until the transaction ends: its limits, and who counts towards them, stay as they are read.
 * @returns null when there is none of this id; soft-deleted ones are found
 */
export function lockCompany(tx: Transaction, id: number): Promise<Company | null> {
  return lock.first(tx, { id });
}

/**
 * Locks a company that is not deleted.
 * @throws {NotFoundError} NOT_FOUND
 */
export async function lockLiveCompany(tx: Transaction, id: number): Promise<Company> {
  const company = await lockCompany(tx, id);
  if (company?.deletedAt !== null) throw new NotFoundError();
  return company;
}
