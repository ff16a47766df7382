import type { Actor } from "../../access/actor.ts";
import type { Transaction } from "../../database/handle.ts";
import { changeStatuses } from "../changes/change-statuses.ts";
import { isOpen } from "../deciding/statuses.ts";
import { loadPolicies } from "../policies/load-policies.ts";
import { acceptedNoMore, whenTheirAcceptanceEnds } from "./accepted-findings.ts";

/** Findings that are opened at once: a change set. */
const mostOpened = 5000;

/**
 * Opens findings of a company that are accepted though their acceptances are over, as many as a change set holds. The caller holds the
 * company's findings.
 *
 * @returns how many are open now, and whether these were all that had to be
 */
export async function openAcceptedNoMore(
  tx: Transaction,
  { companyId, actor }: { readonly companyId: number; readonly actor: Actor },
): Promise<{ opened: number; isDone: boolean }> {
  const now = tx.clock.now();
  const findings = await acceptedNoMore.all(tx, { companyId, now, rows: mostOpened });
  const restating = {
    companyId,
    cause: "expiry" as const,
    importId: null,
    actor,
    at: now,
    why: null,
    riskAcceptanceId: null,
    policies: await loadPolicies(tx, companyId),
  };
  const changes = await whenTheirAcceptanceEnds(tx, findings);
  await changeStatuses(tx, restating, changes);
  const opened = changes.filter(({ to }) => isOpen(to)).length;
  return { opened, isDone: findings.length < mostOpened };
}
