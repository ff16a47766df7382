import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { ConflictError, PermissionError, ValidationError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import type { Severity } from "../../schema/surface/assets.ts";
import { findingChangeSets } from "../../schema/surface/finding-history.ts";
import { oneOf } from "../../validation/input.ts";
import { acceptanceFields, reasonField, startAcceptance, untilField } from "../acceptances/start-acceptance.ts";
import { changeStatuses, type StatedFinding } from "../changes/change-statuses.ts";
import { type DecisionAction, decisionActions } from "../deciding/transitions.ts";
import { inKeyLists } from "../importing/key-lists.ts";
import { findPasts } from "../importing/merging/known-findings.ts";
import { loadPolicies } from "../policies/load-policies.ts";
import { choiceFields, chooseFindings, type ChosenFindings, requireChoice } from "./choose-findings.ts";
import { type DecisionPlan, planDecision } from "./plan-decision.ts";

const decided = z
  .object({
    changed: z.int(),
    unchanged: z.int().meta({ description: "Those of which this had been decided already." }),
    refused: z.array(z.object({ id: z.int(), code: z.enum(["NOT_FOUND", "TRANSITION_REFUSED"]) })),
  })
  .meta({ id: "DecidedFindings" });

/** What became of the findings that were decided on. */
export type DecidedFindings = z.output<typeof decided>;

interface Decision {
  readonly action: DecisionAction;
  readonly reason: string;
  readonly until?: Date | undefined;
  readonly ownerUserId?: number | undefined;
  readonly maxSeverity?: Severity | undefined;
  readonly compensation?: string | undefined;
}

/**
 * Says what people make of findings: `confirm`, `accept-risk`, `false-positive`, `out-of-scope`, `fixed` or `reopen`. They are named,
 * up to 500 of one company, or chosen by a filter, as `listFindings` takes it, with how many it is expected to match. Findings whose
 * state does not allow it are told in `refused`, and the others are changed. No import overwrites what is decided.
 *
 * To accept a risk takes the right `risk:accept` besides, and `until`, a year away at most unless the installation says else. All
 * findings are under one acceptance: `ownerUserId` answers for it, whoever decides unless told; one that grows worse than `maxSeverity`
 * opens again, the worst of them today unless told; `compensation` makes up for it.
 *
 * @returns how many have changed and how many had been so already; `refused` with what speaks against each
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {PermissionError} PERMISSION_DENIED for accepting a risk without the right to
 * @throws {ConflictError} TRANSITION_REFUSED when one finding alone is named, and its state does not allow it
 * @throws {ConflictError} CONFLICT when the filter matches another number than expected, COMPANY_NEEDED
 * @throws {NotFoundError} NOT_FOUND when none of the named findings is within reach, or the owner is no user of the company
 * @throws {QuotaError} QUOTA_EXCEEDED when the company has 10,000 live acceptances
 * @example
 * const { items } = await listFindings(db, { companyId: 1, severity: "info", open: true });
 * const ids = items.map(({ id }) => id);
 * if (ids.length > 0) await decideFindings(db, { ids, action: "out-of-scope", reason: "Nothing of this is ours." });
 */
export const decideFindings = changing({
  summary: "Decide on findings",
  permission: "finding:decide",
  input: {
    ...choiceFields,
    action: oneOf(decisionActions),
    reason: reasonField,
    until: untilField.optional(),
    ...acceptanceFields,
  },
  output: decided,
  large: ({ filter }) => filter !== undefined,
  async run(tx, { ids, filter, expectedCount, ...decision }, caller) {
    requireChoice({ ids, filter, expectedCount });
    requireTerms(decision, caller);
    const chosen = await chooseFindings(tx, { ids, filter, expectedCount }, caller);
    const plan = await planFor(tx, chosen.findings, decision.action);
    const [only] = plan.refused;
    if (only !== undefined && ids !== undefined && chosen.findings.length + chosen.missing.length === 1) {
      throw refusalOf(only, decision.action);
    }
    const answer: DecidedFindings = {
      changed: plan.changes.length,
      unchanged: plan.unchanged,
      refused: [
        ...chosen.missing.map((id) => ({ id, code: "NOT_FOUND" as const })),
        ...plan.refused.map(({ id }) => ({ id, code: "TRANSITION_REFUSED" as const })),
      ],
    };
    const made = await carryOut(tx, { ...chosen, ...plan }, { decision, caller });
    if (made === null) return unchanged(answer);
    return changed(answer, {
      action: "findings_decided",
      on: findingChangeSets,
      id: made.changeSetId,
      companyId: chosen.companyId,
      description: decision.reason,
      metadata: { action: decision.action, changed: answer.changed, riskAcceptanceId: made.riskAcceptanceId },
    });
  },
});

/** Makes sure that what is said of an acceptance is said of one, by somebody who may. */
function requireTerms({ action, ...decision }: Decision, caller: Caller): void {
  if (action === "accept-risk") {
    if (!caller.may("risk:accept")) throw new PermissionError();
    if (decision.until === undefined) throw new ValidationError([{ field: "until", message: "is needed" }]);
    return;
  }
  const names = ["until", "ownerUserId", "maxSeverity", "compensation"] as const;
  const issues = names.filter((name) => decision[name] !== undefined);
  if (issues.length > 0) {
    throw new ValidationError(issues.map((field) => ({ field, message: "is for accept-risk only" })));
  }
}

async function planFor(
  tx: Transaction,
  findings: readonly StatedFinding[],
  action: DecisionAction,
): Promise<DecisionPlan> {
  const gone = action === "reopen" ? findings.filter(({ status }) => status === "resolved") : [];
  const pasts = await findPasts(tx, gone);
  const accepted = action === "accept-risk" ? findings.filter(({ status }) => status === "accepted") : [];
  const over = await findOver(tx, new Set(accepted.flatMap(({ riskAcceptanceId }) => riskAcceptanceId ?? [])));
  return planDecision(findings, { action, lastOpen: (id) => pasts.get(id)?.lastOpen ?? "open", over });
}

/** Those of some acceptances that are over. */
async function findOver(tx: Transaction, ids: ReadonlySet<number>): Promise<ReadonlySet<number>> {
  const over = new Set<number>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("risk_acceptances")
      .select("id")
      .where("id", "in", some)
      .where((where) => where.or([where("ended_at", "is not", null), where("expires_at", "<=", tx.clock.now())]));
    for (const { id } of await fetchAll(tx, query)) over.add(id);
  }
  return over;
}

/** @returns null where nothing changes */
async function carryOut(
  tx: Transaction,
  { companyId, changes }: ChosenFindings & DecisionPlan,
  { decision, caller }: { decision: Decision; caller: Caller },
): Promise<{ changeSetId: number; riskAcceptanceId: number | null } | null> {
  if (changes.length === 0) return null;
  const { reason, until, ownerUserId = caller.actor.userId, maxSeverity, compensation = null } = decision;
  const riskAcceptanceId =
    until === undefined
      ? null
      : await startAcceptance(
          tx,
          { companyId, reason, compensation, ownerUserId, maxSeverity, until },
          { accepted: changes.map(({ finding }) => finding), caller },
        );
  const restating = {
    companyId,
    cause: "decision" as const,
    importId: null,
    actor: caller.actor,
    at: tx.clock.now(),
    why: reason,
    riskAcceptanceId,
    policies: await loadPolicies(tx, companyId),
  };
  const changeSetId = await changeStatuses(tx, restating, changes);
  return changeSetId === null ? null : { changeSetId, riskAcceptanceId };
}

const wanted: Readonly<Record<DecisionAction, string>> = {
  confirm: "confirmed",
  "accept-risk": "accepted",
  "false-positive": "false_positive",
  "out-of-scope": "out_of_scope",
  fixed: "fixed",
  reopen: "open",
};

function refusalOf({ status }: StatedFinding, action: DecisionAction): ConflictError {
  return new ConflictError("TRANSITION_REFUSED", {
    message: `A finding that is ${status} cannot become ${wanted[action]}.`,
  });
}
