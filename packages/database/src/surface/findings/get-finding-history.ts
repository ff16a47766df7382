import { z } from "zod";
import { columnsOf } from "../../database/columns.ts";
import { pageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { pageOf } from "../../rows/index.ts";
import { rowWith } from "../../rows/row-with.ts";
import { findingHistory } from "../../schema/surface/finding-history.ts";
import { changeSetCauses } from "../../schema/surface/finding-words.ts";
import { listOfFindingFields, type OfFinding, pageOfFinding } from "./list-of-finding.ts";

const pastChange = rowWith(findingHistory, "PastFindingChange", {
  cause: z.enum(changeSetCauses),
  importId: z.int().nullable(),
  userId: z.int().nullable().meta({ description: "Who decided it; null where nobody did." }),
});
export type PastFindingChange = z.output<typeof pastChange>;

const order = pageOrder("finding_history", ["id"], "desc");

/** The set is looked up for each change, so that the history is read in the order of its own index. */
const list = shapedStatement((sql, p: OfFinding & PageParameters) =>
  order.apply(
    sql
      .selectFrom("finding_history")
      .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
      .select(columnsOf("finding_history").map((column) => `finding_history.${column}` as const))
      .select(["finding_change_sets.cause", "finding_change_sets.import_id", "finding_change_sets.user_id"])
      .where("finding_history.finding_id", "=", p.findingId),
    p,
  ),
);

/**
 * Tells how a finding changed, newest first: what it was and became, why, and which import or user did it. That an import opened it
 * is no part of this: the finding says it by itself (`firstImportId`).
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @example
 * const { items: findings } = await listFindings(db, { companyId: 1, limit: 1 });
 * for (const { id } of findings) await getFindingHistory(db, { id });
 */
export const getFindingHistory = reading({
  summary: "Tell how a finding changed",
  permission: "finding:read",
  input: listOfFindingFields,
  output: pageOf(pastChange),
  mayLag: true,
  run: (db, wanted, caller) => pageOfFinding(db, { order, list }, wanted, caller),
});
