import type { Actor } from "../../access/actor.ts";
import { acrossCompanies } from "../../database/across-companies.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { reachesFindings } from "./assign-findings.ts";
import { writeAssignments } from "./write-assignments.ts";

/** Findings that are released at a time. */
const batch = 5000;

/**
 * Takes from a user the findings that are assigned to them in companies that they do not belong to any more, nor reach: what is
 * assigned to somebody is what they see. The user's row is locked and written.
 *
 * @param user as they are from now on
 * @returns how many findings were released
 */
export async function releaseFindings(tx: Transaction, user: VisibleRowOf<"users">, actor: Actor): Promise<number> {
  // Whoever changes a user of their own company may not see the findings of the others.
  return acrossCompanies(tx, async (all) => {
    const query = all.sql
      .selectFrom("findings")
      .select("company_id")
      .distinct()
      .where("assigned_to_user_id", "=", user.id)
      .orderBy("company_id");
    let released = 0;
    for (const { companyId } of await fetchAll(all, query)) {
      if (reachesFindings(user, companyId)) continue;
      await holdFindings(all, companyId);
      released += await releaseIn(all, companyId, { userId: user.id, actor });
    }
    return released;
  });
}

async function releaseIn(
  tx: Transaction,
  companyId: number,
  { userId, actor }: { userId: number; actor: Actor },
): Promise<number> {
  const query = tx.sql
    .selectFrom("findings")
    .select(columnsOf("findings"))
    .where("assigned_to_user_id", "=", userId)
    .where("company_id", "=", companyId)
    .limit(batch);
  let released = 0;
  for (;;) {
    const findings = await fetchAll(tx, query);
    await writeAssignments(tx, { companyId, findings, userId: null, actor });
    released += findings.length;
    if (findings.length < batch) return released;
  }
}
