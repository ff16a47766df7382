import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { reachOf, within } from "../../access/within.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll, shapedStatement } from "../../database/statement.ts";
import { ConflictError, NotFoundError, ValidationError } from "../../errors/index.ts";
import { boundedInteger, recordId } from "../../validation/input.ts";
import { statedColumns, type StatedFinding } from "../changes/change-statuses.ts";
import { holdCompanyOf } from "../changes/hold-company-of.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { matchesFilter } from "../findings/list/finding-conditions.ts";
import {
  filterParameters,
  type FindingFilter,
  findingFilterFields,
  type FilterParameters,
} from "../findings/list/finding-filter.ts";

/** Findings that are named at once. */
const mostNamed = 500;
/** Findings that a filter chooses at once, so that one transaction ends in time. */
const mostFiltered = 20_000;

/** What findings are chosen by, as fields of an input. */
export const choiceFields = {
  ids: z.array(recordId()).min(1).max(mostNamed).optional().meta({ description: "The findings, or else a filter." }),
  filter: z.strictObject(findingFilterFields).optional().meta({ description: "What findings are narrowed by." }),
  expectedCount: boundedInteger({ min: 1, max: mostFiltered })
    .optional()
    .meta({ description: "How many findings the filter was seen to match." }),
};

interface Choice {
  readonly ids?: readonly number[] | undefined;
  readonly filter?: FindingFilter | undefined;
  readonly expectedCount?: number | undefined;
}

/** Findings that were chosen, whose company's findings are held. */
export interface ChosenFindings {
  readonly companyId: number;
  readonly findings: readonly StatedFinding[];
  /** Named ones that are not within reach. */
  readonly missing: readonly number[];
}

function fault(field: string, message: string): ValidationError {
  return new ValidationError([{ field, message }]);
}

/** @throws {ValidationError} INVALID_INPUT unless findings are named, or a filter with how many it matches */
export function requireChoice({ ids, filter, expectedCount }: Choice): void {
  if ((ids === undefined) === (filter === undefined)) throw fault("ids", "must be given, or else filter");
  if (ids !== undefined && expectedCount !== undefined) throw fault("expectedCount", "is for a filter only");
  if (filter !== undefined && expectedCount === undefined) throw fault("expectedCount", "is needed with a filter");
}

/**
 * Finds the findings that were chosen, and holds those of their company until the transaction ends.
 *
 * @throws {NotFoundError} NOT_FOUND when none of those that are named is within reach
 * @throws {ValidationError} INVALID_INPUT when those that are named are of several companies
 * @throws {ConflictError} CONFLICT when the filter matches another number than was expected, COMPANY_NEEDED
 */
export function chooseFindings(
  tx: Transaction,
  { ids, filter, expectedCount = 0 }: Choice,
  caller: Caller,
): Promise<ChosenFindings> {
  if (ids !== undefined) return findNamed(tx, [...new Set(ids)], caller);
  return findMatching(tx, filter as FindingFilter, { expectedCount, caller });
}

async function findNamed(tx: Transaction, ids: readonly number[], caller: Caller): Promise<ChosenFindings> {
  const companyId = await holdCompanyOf(tx, { table: "findings", ids }, caller);
  const named = tx.sql
    .selectFrom("findings")
    .where("findings.id", "in", ids)
    .where(within("findings", reachOf(caller)));
  const findings = await fetchAll(tx, named.select(statedColumns).orderBy("findings.id"));
  if (findings.length === 0) throw new NotFoundError();
  const found = new Set(findings.map(({ id }) => id));
  return { companyId, findings, missing: ids.filter((id) => !found.has(id)) };
}

const matching = shapedStatement((sql, p: FilterParameters & { rows: number }, dialect) =>
  sql.selectFrom("findings").select(statedColumns).where(matchesFilter(p, dialect)).limit(p.rows),
);

async function findMatching(
  tx: Transaction,
  filter: FindingFilter,
  { expectedCount, caller }: { expectedCount: number; caller: Caller },
): Promise<ChosenFindings> {
  const wanted = await filterParameters(tx, filter, caller);
  if (wanted === null) throw otherCount(0, expectedCount);
  await holdFindings(tx, wanted.company);
  const findings = await matching.all(tx, { ...wanted, rows: expectedCount + 1 });
  if (findings.length !== expectedCount) throw otherCount(findings.length, expectedCount);
  return { companyId: wanted.company, findings, missing: [] };
}

function otherCount(found: number, expected: number): ConflictError {
  const matches = found > expected ? `more than ${expected}` : `${found}`;
  return new ConflictError("CONFLICT", {
    message: `The filter matches ${matches} findings, and ${expected} were expected.`,
    help: "List the findings again, and decide on what there is now.",
  });
}
