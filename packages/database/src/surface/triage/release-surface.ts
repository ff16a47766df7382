import type { Actor } from "../../access/actor.ts";
import { acrossCompanies } from "../../database/across-companies.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { logAudit } from "../../operation/log-audit.ts";
import { changeRows } from "../../rows/change-rows.ts";
import { assets } from "../../schema/surface/assets.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { reachesFindings } from "./assign-findings.ts";
import { writeAssignments } from "./write-assignments.ts";

/** Findings that are released at a time. */
const batch = 5000;

/** Somebody who does not reach a company any more, and who made that so. */
interface Leaving {
  readonly companyId: number;
  readonly userId: number;
  readonly actor: Actor;
}

/**
 * Takes from a user the findings that are assigned to them, and the assets that they answer for, in companies that they do not belong to
 * any more, nor reach: what is assigned to somebody is what they see. The user's row is locked and written.
 *
 * @param user as they are from now on
 */
export async function releaseSurface(tx: Transaction, user: VisibleRowOf<"users">, actor: Actor): Promise<void> {
  // Whoever changes a user of their own company may not see the findings of the others.
  await acrossCompanies(tx, async (all) => {
    for (const companyId of await findCompanies(all, user.id)) {
      if (reachesFindings(user, companyId)) continue;
      await holdFindings(all, companyId);
      const leaving = { companyId, userId: user.id, actor };
      await releaseFindings(all, leaving);
      await releaseAssets(all, leaving);
    }
  });
}

/** The companies with findings that are assigned to the user, or with assets of theirs. */
async function findCompanies(tx: Transaction, userId: number): Promise<number[]> {
  const ofFindings = tx.sql.selectFrom("findings").select("company_id").where("assigned_to_user_id", "=", userId);
  const ofAssets = tx.sql
    .selectFrom("assets")
    .select((eb) => eb.ref("company_id").$castTo<number>().as("company_id"))
    .where("owner_user_id", "=", userId);
  const rows = await fetchAll(tx, ofFindings.union(ofAssets).orderBy("company_id"));
  return rows.map(({ companyId }) => companyId);
}

async function releaseFindings(tx: Transaction, { companyId, userId, actor }: Leaving): Promise<void> {
  const query = tx.sql
    .selectFrom("findings")
    .select(columnsOf("findings"))
    .where("assigned_to_user_id", "=", userId)
    .where("company_id", "=", companyId)
    .limit(batch);
  for (;;) {
    const findings = await fetchAll(tx, query);
    await writeAssignments(tx, { companyId, findings, userId: null, actor });
    if (findings.length < batch) return;
  }
}

async function releaseAssets(tx: Transaction, { companyId, userId, actor }: Leaving): Promise<void> {
  const query = tx.sql
    .selectFrom("assets")
    .select("id")
    .where("owner_user_id", "=", userId)
    .where("company_id", "=", companyId);
  const ids = (await fetchAll(tx, query)).map(({ id }) => id);
  if (ids.length === 0) return;
  await changeRows(tx, assets, ids, { ownerUserId: null });
  const metadata = { userId, released: ids.length };
  await logAudit(tx, { action: "assets_released", resourceType: assets.name, companyId, actor, metadata });
}
