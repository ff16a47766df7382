import type { Caller } from "../../access/caller.ts";
import { reachOf, within } from "../../access/within.ts";
import { anyTable } from "../../database/any-table.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { NotFoundError, ValidationError } from "../../errors/index.ts";
import { holdFindings } from "./hold-findings.ts";

/**
 * Finds the one company that findings or assets are of, and holds its findings until the transaction ends. What is named has to be looked
 * for again then: others may have changed it meanwhile.
 *
 * @throws {NotFoundError} NOT_FOUND when none of them is within reach
 * @throws {ValidationError} INVALID_INPUT when they are of several companies
 */
export async function holdCompanyOf(
  tx: Transaction,
  { table, ids }: { readonly table: "findings" | "assets"; readonly ids: readonly number[] },
  caller: Caller,
): Promise<number> {
  const query = anyTable(tx)
    .selectFrom(table)
    .select("company_id")
    .distinct()
    .where(`${table}.id`, "in", ids)
    .where(within(table, reachOf(caller)))
    .limit(2);
  const [company, ...others] = (await fetchAll(tx, query)) as { companyId?: unknown }[];
  if (company === undefined) throw new NotFoundError();
  if (others.length > 0) throw new ValidationError([{ field: "ids", message: "must be of one company" }]);
  const companyId = company.companyId as number;
  await holdFindings(tx, companyId);
  return companyId;
}
