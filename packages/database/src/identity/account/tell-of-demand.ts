import type { Actor } from "../../access/actor.ts";
import type { Transaction } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { notify, notifyEach } from "../../mails/notify.ts";
import { type CompanyDemand, type Holder, noDemand, secondFactorDue } from "./second-factor-due.ts";
import { userColumns } from "./user.ts";

type Demanded = Holder & CompanyDemand;

/** Most users of a company who are mailed of one demand: the queue of mails has to have room for others. */
const mostTold = 500;

const notice = "2fa_demanded";

function isNew(tx: Transaction, before: Demanded, after: Demanded): boolean {
  return secondFactorDue(tx, before) === null && secondFactorDue(tx, after) !== null;
}

/** Tells a user by mail that a second factor is demanded, where none was before a change. */
export async function tellOfDemand(
  tx: Transaction,
  { userId, before, after, actor }: { userId: number; before: Demanded; after: Demanded; actor: Actor },
): Promise<void> {
  if (isNew(tx, before, after)) await notify(tx, { userId, notice, actor });
}

const findConcerned = statement((sql, p: { companyId: number; most: number }) =>
  sql
    .selectFrom("users")
    .select(userColumns)
    .where("company_id", "=", p.companyId)
    .where("2fa_enabled", "=", false)
    .where("deleted_at", "is", null)
    .where("is_active", "=", true)
    .where("status", "in", ["active", "locked"])
    .orderBy("id")
    .limit(p.most),
);

/** Tells the users of a company that begins to demand a second factor, 500 at most; the others see it when they sign in. */
export async function tellCompanyOfDemand(
  tx: Transaction,
  { id: companyId, twoFactorDemandedAt, twoFactorGraceDays }: CompanyDemand & { readonly id: number },
  actor: Actor,
): Promise<void> {
  if (!tx.notifies) return;
  const users = await findConcerned.all(tx, { companyId, most: mostTold });
  const demand = { twoFactorDemandedAt, twoFactorGraceDays };
  const concerned = users.filter((user) => isNew(tx, { ...user, ...noDemand }, { ...user, ...demand }));
  await notifyEach(tx, concerned, { notice, actor });
}
