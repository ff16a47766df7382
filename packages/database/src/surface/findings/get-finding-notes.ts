import { columnsOf } from "../../database/columns.ts";
import { pageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { pageOf, rowOf } from "../../rows/index.ts";
import { findingNotes } from "../../schema/surface/finding-history.ts";
import { listOfFindingFields, type OfFinding, pageOfFinding } from "./list-of-finding.ts";

const order = pageOrder("finding_notes", ["id"], "desc");

const list = shapedStatement((sql, p: OfFinding & PageParameters) =>
  order.apply(
    sql
      .selectFrom("finding_notes")
      .select([...columnsOf("finding_notes")])
      .where("finding_notes.finding_id", "=", p.findingId)
      .where("finding_notes.deleted_at", "is", null),
    p,
  ),
);

/**
 * Lists what people wrote on a finding, newest first, with the ids of who did.
 *
 * @returns one page, and the cursor of the next
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @example
 * const { items: findings } = await listFindings(db, { companyId: 1, limit: 1 });
 * for (const { id } of findings) await getFindingNotes(db, { id });
 */
export const getFindingNotes = reading({
  summary: "List the notes on a finding",
  permission: "finding:read",
  input: listOfFindingFields,
  output: pageOf(rowOf(findingNotes)),
  mayLag: true,
  run: (db, wanted, caller) => pageOfFinding(db, { order, list }, wanted, caller),
});
