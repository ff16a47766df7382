import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { reachOf, within } from "../../access/within.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { NotFoundError, ValidationError } from "../../errors/index.ts";
import type { RowOf } from "../../schema/tables.ts";
import { recordId } from "../../validation/input.ts";
import type { FindingState } from "./finding-change.ts";
import { holdFindings } from "./hold-findings.ts";

/** Findings that one call changes. */
const mostFindings = 500;

/** Which findings a call changes. */
export function findingIds() {
  return z.array(recordId()).min(1).max(mostFindings).meta({ description: "The ids of findings of one company." });
}

/** Findings that nobody else changes until the transaction ends. */
export interface LockedFindings {
  readonly companyId: number;
  /** In the order of their ids, each once. */
  readonly findings: readonly RowOf<"findings">[];
}

/**
 * Finds findings within a caller's reach, and keeps others from changing them until the transaction ends.
 *
 * @throws {NotFoundError} NOT_FOUND when one of them is not there, or out of reach
 * @throws {ValidationError} INVALID_INPUT when they are of several companies
 */
export async function lockFindings(tx: Transaction, ids: readonly number[], caller: Caller): Promise<LockedFindings> {
  const wanted = tx.sql
    .selectFrom("findings")
    .where("id", "in", ids)
    .where(within("findings", reachOf(caller)));
  const [company, ...others] = await fetchAll(tx, wanted.select("company_id").distinct());
  if (company === undefined) throw new NotFoundError();
  if (others.length > 0) throw new ValidationError([{ field: "ids", message: "must be findings of one company" }]);
  const { companyId } = company;
  await holdFindings(tx, companyId);
  const findings = await fetchAll(tx, wanted.select(columnsOf("findings")).orderBy("id"));
  if (findings.length < new Set(ids).size) throw new NotFoundError();
  return { companyId, findings };
}

/** What a finding is counted by. */
export function stateOf({ status, severity, knownExploited }: RowOf<"findings">): FindingState {
  return { status, severity, exploited: knownExploited };
}
