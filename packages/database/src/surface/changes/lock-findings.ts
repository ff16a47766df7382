import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { reachOf, within } from "../../access/within.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { NotFoundError } from "../../errors/index.ts";
import type { RowOf } from "../../schema/tables.ts";
import { recordId } from "../../validation/input.ts";
import type { FindingState } from "./finding-change.ts";
import { holdCompanyOf } from "./hold-company-of.ts";

/** Findings, or assets, that one call changes. */
const mostNamed = 500;

/** Which findings a call changes. */
export function findingIds() {
  return namedIds().meta({ description: "The ids of findings of one company." });
}

/** Which assets a call changes. */
export function assetIds() {
  return namedIds().meta({ description: "The ids of assets of one company." });
}

function namedIds() {
  return z.array(recordId()).min(1).max(mostNamed);
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
  const companyId = await holdCompanyOf(tx, { table: "findings", ids }, caller);
  const query = tx.sql
    .selectFrom("findings")
    .select(columnsOf("findings"))
    .where("id", "in", ids)
    .where(within("findings", reachOf(caller)))
    .orderBy("id");
  const findings = await fetchAll(tx, query);
  if (findings.length < new Set(ids).size) throw new NotFoundError();
  return { companyId, findings };
}

/**
 * Finds assets within a caller's reach, and keeps others from changing them until the transaction ends.
 *
 * @returns their company, and their ids in order, each once
 * @throws {NotFoundError} NOT_FOUND when one of them is not there, deleted, or out of reach
 * @throws {ValidationError} INVALID_INPUT when they are of several companies
 */
export async function lockAssets(
  tx: Transaction,
  ids: readonly number[],
  caller: Caller,
): Promise<{ companyId: number; ids: number[] }> {
  const companyId = await holdCompanyOf(tx, { table: "assets", ids }, caller);
  const query = tx.sql
    .selectFrom("assets")
    .select("id")
    .where("id", "in", ids)
    .where(within("assets", reachOf(caller)))
    .where("deleted_at", "is", null)
    .orderBy("id");
  const found = (await fetchAll(tx, query)).map(({ id }) => id);
  if (found.length < new Set(ids).size) throw new NotFoundError();
  return { companyId, ids: found };
}

/** What a finding is counted by. */
export function stateOf({ status, severity, knownExploited }: RowOf<"findings">): FindingState {
  return { status, severity, exploited: knownExploited };
}
