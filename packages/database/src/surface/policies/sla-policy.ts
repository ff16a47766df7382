import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { runQuery } from "../../database/statement.ts";
import { NotFoundError, ValidationError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing, reading } from "../../operation/operation.ts";
import { insertMany } from "../../rows/insert-many.ts";
import { severities } from "../../schema/surface/assets.ts";
import { companies } from "../../schema/core.ts";
import { slaPolicies } from "../../schema/surface/triage.ts";
import { boundedInteger, oneOf, recordId } from "../../validation/input.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import type { SlaPolicy } from "../deciding/due-date.ts";
import { companyInQuestion } from "../reach/company-in-question.ts";
import { loadPolicies } from "./load-policies.ts";
import { setDueDates } from "./set-due-dates.ts";

const days = boundedInteger({ min: 1, max: 3650 }).nullable();
const policy = z.strictObject({
  severity: oneOf(severities),
  days: days.meta({ description: "Days that a finding may stay open; null: as long as it likes." }),
  exploitedDays: days.meta({ description: "Of findings that are known to be exploited." }),
});
const laidDown = { companyId: z.int(), policies: z.array(policy) };

/**
 * Tells how many days findings of a company may stay open, by severity; the defaults where it has laid nothing down. The company has to
 * be named where the caller reaches several.
 *
 * @returns `policies`, the worst severity first
 * @throws {NotFoundError} NOT_FOUND when there is no such company within reach
 * @throws {ConflictError} COMPANY_NEEDED
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "sla.example" });
 * const { policies } = await getSlaPolicy(db, { companyId });
 */
export const getSlaPolicy = reading({
  summary: "See how long findings may stay open",
  permission: "surface:configure",
  input: { companyId: recordId().optional() },
  output: z.object(laidDown),
  async run(db, { companyId: named }, caller) {
    const companyId = await requireCompanyInQuestion(db, named, caller);
    return { companyId, policies: [...(await loadPolicies(db, companyId))] };
  },
});

async function requireCompanyInQuestion(db: Handle, named: number | undefined, caller: Caller): Promise<number> {
  const companyId = await companyInQuestion(db, caller, named);
  if (companyId === null) throw new NotFoundError();
  await requireWithin(db, companies, companyId, caller);
  return companyId;
}

/**
 * Lays down how many days findings of a company may stay open; severities that are not named keep theirs. Open findings of those that
 * are named are then due so many days after they were opened, 5,000 in a transaction: where it was interrupted, the same call again
 * goes on. The company has to be named where the caller reaches several.
 *
 * @returns all `policies` of the company, and how many `findings` have another due date
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such company within reach
 * @throws {ConflictError} COMPANY_NEEDED
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "slas.example" });
 * await setSlaPolicy(db, { companyId, policies: [{ severity: "high", days: 14, exploitedDays: 3 }] });
 */
export const setSlaPolicy = changing({
  summary: "Lay down how long findings may stay open",
  permission: "surface:configure",
  input: { companyId: recordId().optional(), policies: z.array(policy).min(1).max(severities.length) },
  output: z.object({ ...laidDown, findings: z.int().meta({ description: "Findings with another due date." }) }),
  async run(tx, { companyId: named, policies: wanted }, caller) {
    if (new Set(wanted.map(({ severity }) => severity)).size < wanted.length)
      throw new ValidationError([{ field: "policies", message: "must not name a severity twice" }]);
    const companyId = await requireCompanyInQuestion(tx, named, caller);
    await holdFindings(tx, companyId);
    const before = await loadPolicies(tx, companyId);
    const others = wanted.filter((one) => !before.some((known) => isSame(known, one)));
    if (others.length === 0) return unchanged({ companyId, policies: [...before], findings: 0 });
    await write(tx, companyId, others);
    const policies = await loadPolicies(tx, companyId);
    const metadata = { policies: others.map((one) => ({ ...one })) };
    return changed(
      { companyId, policies: [...policies], findings: 0 },
      { action: "sla_policy_set", on: companies, id: companyId, companyId, metadata },
    );
  },
  async afterwards(db, answer, { policies: wanted }, { actor }) {
    const named = new Set(wanted.map(({ severity }) => severity));
    return { ...answer, findings: await setDueDates(db, { companyId: answer.companyId, severities: named, actor }) };
  },
});

function isSame(one: SlaPolicy, other: SlaPolicy): boolean {
  return one.severity === other.severity && one.days === other.days && one.exploitedDays === other.exploitedDays;
}

async function write(tx: Transaction, companyId: number, policies: readonly SlaPolicy[]): Promise<void> {
  const named = policies.map(({ severity }) => severity);
  const former = tx.sql.deleteFrom("sla_policies").where("company_id", "=", companyId).where("severity", "in", named);
  await runQuery(tx, former);
  await insertMany(
    tx,
    slaPolicies,
    policies.map((one) => ({ ...one, companyId })),
  );
}
