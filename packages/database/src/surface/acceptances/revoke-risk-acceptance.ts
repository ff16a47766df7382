import { z } from "zod";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { changeRow } from "../../rows/change-row.ts";
import { riskAcceptances } from "../../schema/surface/findings.ts";
import { recordId } from "../../validation/input.ts";
import { changeStatuses } from "../changes/change-statuses.ts";
import { isOpen } from "../deciding/statuses.ts";
import { loadPolicies } from "../policies/load-policies.ts";
import { acceptedUnder, whenTheirAcceptanceEnds } from "./accepted-findings.ts";
import { requireLive } from "./require-live.ts";
import { reasonField } from "./start-acceptance.ts";

/**
 * Ends the acceptance of a risk before its time: its findings are open again, with their whole time.
 *
 * @returns `opened`: how many findings
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} TRANSITION_REFUSED when it has ended
 * @throws {NotFoundError} NOT_FOUND when there is no such acceptance within reach
 * @example
 * const { items } = await listRiskAcceptances(db, { companyId: 1 });
 * for (const { id } of items) await revokeRiskAcceptance(db, { id, reason: "The wall is gone." });
 */
export const revokeRiskAcceptance = changing({
  summary: "End the acceptance of a risk",
  permission: "risk:accept",
  input: { id: recordId(), reason: reasonField.optional() },
  output: z.object({ id: z.int(), opened: z.int() }),
  large: () => true,
  async run(tx, { id, reason }, caller) {
    const { companyId } = await requireLive(tx, id, "revoked", caller);
    const now = tx.clock.now();
    await changeRow(tx, riskAcceptances, id, { endedAt: now, endReason: "revoked" });
    const changes = await whenTheirAcceptanceEnds(tx, await acceptedUnder.all(tx, { id }));
    const restating = {
      companyId,
      cause: "expiry" as const,
      importId: null,
      actor: caller.actor,
      at: now,
      why: reason ?? null,
      riskAcceptanceId: null,
      policies: await loadPolicies(tx, companyId),
    };
    await changeStatuses(tx, restating, changes);
    const answer = { id, opened: changes.filter(({ to }) => isOpen(to)).length };
    return changed(answer, {
      action: "risk_acceptance_revoked",
      on: riskAcceptances,
      id,
      companyId,
      description: reason,
      metadata: { opened: answer.opened },
    });
  },
});
