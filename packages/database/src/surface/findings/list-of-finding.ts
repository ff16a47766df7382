import type { Caller } from "../../access/caller.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchPage, type Page, pageFields, type PageOrder, type PageParameters } from "../../database/page.ts";
import type { NamedRow, Statement } from "../../database/statement.ts";
import { recordId } from "../../validation/input.ts";
import { requireFinding } from "./require-finding.ts";

/** What a list of what belongs to one finding takes. */
export const listOfFindingFields = { id: recordId(), ...pageFields };

/** Whose rows a statement lists. */
export interface OfFinding {
  readonly findingId: number;
}

/** A list of what belongs to one finding. */
interface ListOfFinding<Row> {
  readonly order: PageOrder;
  /** Ends in `order.apply(query, parameters)`. */
  readonly list: Statement<OfFinding & PageParameters, Row>;
}

interface Wanted {
  readonly id: number;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Fetches a page of what belongs to one finding.
 *
 * @throws {ValidationError} INVALID_INPUT for a cursor of another list
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 */
export async function pageOfFinding<Row>(
  db: Handle,
  { order, list }: ListOfFinding<Row>,
  { id, limit, cursor }: Wanted,
  caller: Caller,
): Promise<Page<NamedRow<Row>>> {
  order.readPlace(cursor);
  const { id: findingId } = await requireFinding(db, id, caller);
  return fetchPage(db, { list, order, filters: { findingId }, limit, cursor });
}
