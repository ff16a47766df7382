import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import { findScope } from "../../access/scope.ts";
import type { Transaction } from "../../database/handle.ts";
import { NotFoundError } from "../../errors/index.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { users } from "../../schema/core.ts";
import { findingChangeSets } from "../../schema/surface/finding-history.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";
import { recordId } from "../../validation/input.ts";
import { findingIds, lockFindings } from "../changes/lock-findings.ts";
import { writeAssignments } from "./write-assignments.ts";

/**
 * Assigns findings to a user, or with `userId` null to nobody. The user belongs to their company, or reaches every company's
 * findings. Who leaves the company or is deleted is assigned none of its findings any more.
 *
 * @returns how many findings were assigned, and how many already were
 * @throws {ValidationError} INVALID_INPUT with the field at fault, as where the findings are of several companies
 * @throws {NotFoundError} NOT_FOUND when there is no such finding or user within reach, or the user does not reach the findings
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "assigned.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://assigned.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const user = await createUser(db, { email: "a@assigned.example", password: "moon river dance seven", role: "analyst", companyId });
 * const { items } = await listFindings(db, { companyId });
 * await assignFindings(db, { ids: items.map(({ id }) => id), userId: user.id });
 */
export const assignFindings = changing({
  summary: "Assign findings to a user, or to nobody",
  permission: "finding:decide",
  input: {
    ids: findingIds(),
    userId: recordId().nullable().meta({ description: "The id of the user; null for nobody." }),
  },
  output: z.object({ changed: z.int(), unchanged: z.int() }),
  async run(tx, { ids, userId }, caller) {
    const assignee = userId === null ? null : await lockAssignee(tx, userId, caller);
    const { companyId, findings } = await lockFindings(tx, ids, caller);
    if (assignee !== null && !reachesFindings(assignee, companyId)) throw new NotFoundError();
    const others = findings.filter(({ assignedToUserId }) => assignedToUserId !== userId);
    const answer = { changed: others.length, unchanged: findings.length - others.length };
    const id = await writeAssignments(tx, { companyId, findings: others, userId, actor: caller.actor });
    if (id === null) return unchanged(answer);
    const metadata = { userId, findings: others.map((finding) => finding.id) };
    return changed(answer, { action: "findings_assigned", on: findingChangeSets, id, companyId, metadata });
  },
});

/** Finds the user, who can neither move nor be deleted before the transaction ends. Users are locked before names are held. */
async function lockAssignee(tx: Transaction, userId: number, caller: Caller): Promise<VisibleRowOf<"users">> {
  return requireWithin(tx, users, userId, caller, { locks: true });
}

/** Whether a user is shown findings of a company that are assigned to them. */
export function reachesFindings(user: VisibleRowOf<"users">, companyId: number): boolean {
  if (user.deletedAt !== null) return false;
  return user.companyId === companyId || findScope(user, "finding:read")?.kind === "all";
}
