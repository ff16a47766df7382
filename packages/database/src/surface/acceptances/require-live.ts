import type { Caller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import type { Transaction } from "../../database/handle.ts";
import { ConflictError } from "../../errors/index.ts";
import { riskAcceptances } from "../../schema/surface/findings.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { acceptanceState } from "./acceptance-state.ts";

/**
 * Finds an acceptance that is live, with the findings of its company held and its row locked.
 *
 * @throws {NotFoundError} NOT_FOUND when there is none within reach
 * @throws {ConflictError} TRANSITION_REFUSED when it has ended
 */
export async function requireLive(tx: Transaction, id: number, to: "revoked" | "replaced", caller: Caller) {
  const companyId = (await requireWithin(tx, riskAcceptances, id, caller)).companyId as number;
  await holdFindings(tx, companyId);
  const acceptance = await requireWithin(tx, riskAcceptances, id, caller, { locks: true });
  const state = acceptanceState(acceptance, tx.clock.now());
  if (state !== "live") {
    throw new ConflictError("TRANSITION_REFUSED", {
      message: `An acceptance that is ${state} cannot become ${to}.`,
      help: "Accept the risk of the findings anew.",
    });
  }
  return { ...acceptance, companyId };
}
