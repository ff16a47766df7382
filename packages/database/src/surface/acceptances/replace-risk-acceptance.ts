import { z } from "zod";
import { statement } from "../../database/statement.ts";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { changeRow } from "../../rows/change-row.ts";
import { riskAcceptances } from "../../schema/surface/findings.ts";
import { recordId } from "../../validation/input.ts";
import { changeStatuses } from "../changes/change-statuses.ts";
import { loadPolicies } from "../policies/load-policies.ts";
import { acceptedUnder } from "./accepted-findings.ts";
import { requireLive } from "./require-live.ts";
import { acceptanceFields, reasonField, startAcceptance, untilField } from "./start-acceptance.ts";

/** Those that are gone for now: when they come back, it is under the new acceptance. */
const moveOthers = statement((sql, p: { from: number; to: number; now: Date }) =>
  sql
    .updateTable("findings")
    .set({ risk_acceptance_id: p.to, updated_at: p.now })
    .where("risk_acceptance_id", "=", p.from),
);

/**
 * Prolongs or changes the acceptance of a risk: the old one ends, and a new one takes its findings over. What is not given stays as it
 * was; one that has ended cannot be replaced.
 *
 * @returns `id` of the new acceptance, and `findings`: how many are accepted under it
 * @throws {ValidationError} INVALID_INPUT with the field at fault, as `maxSeverity` below that of a finding
 * @throws {ConflictError} TRANSITION_REFUSED when it has ended
 * @throws {NotFoundError} NOT_FOUND when there is no such acceptance within reach, or the owner is no user of the company
 * @throws {QuotaError} QUOTA_EXCEEDED when the company has more than 10,000 live acceptances
 * @example
 * const { items } = await listRiskAcceptances(db, { companyId: 1 });
 * const until = new Date(Date.now() + 90 * 86_400_000);
 * for (const { id } of items) await replaceRiskAcceptance(db, { id, until });
 */
export const replaceRiskAcceptance = changing({
  summary: "Replace the acceptance of a risk by another",
  permission: "risk:accept",
  input: { id: recordId(), until: untilField, reason: reasonField.optional(), ...acceptanceFields },
  output: z.object({ id: z.int(), findings: z.int() }),
  large: () => true,
  async run(tx, { id: oldId, until, ...given }, caller) {
    const old = await requireLive(tx, oldId, "replaced", caller);
    const { companyId } = old;
    const now = tx.clock.now();
    const accepted = await acceptedUnder.all(tx, { id: oldId });
    const acceptance = {
      companyId,
      reason: given.reason ?? old.reason,
      compensation: given.compensation ?? old.compensation,
      ownerUserId: given.ownerUserId ?? old.ownerUserId,
      maxSeverity: given.maxSeverity ?? old.maxSeverity,
      until,
    };
    // The old one makes room for the new one.
    await changeRow(tx, riskAcceptances, oldId, { endedAt: now, endReason: "replaced" });
    const id = await startAcceptance(tx, acceptance, { accepted, caller });
    const restating = {
      companyId,
      cause: "decision" as const,
      importId: null,
      actor: caller.actor,
      at: now,
      why: acceptance.reason,
      riskAcceptanceId: id,
      policies: await loadPolicies(tx, companyId),
    };
    await changeStatuses(
      tx,
      restating,
      accepted.map((finding) => ({ finding, to: "accepted" as const })),
    );
    await moveOthers.run(tx, { from: oldId, to: id, now });
    const answer = { id, findings: accepted.length };
    return changed(answer, {
      action: "risk_acceptance_replaced",
      on: riskAcceptances,
      id,
      companyId,
      description: acceptance.reason,
      metadata: { replaces: oldId, findings: accepted.length, until: until.toISOString() },
    });
  },
});
