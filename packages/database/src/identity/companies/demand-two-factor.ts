import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { changed, unchanged } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { changeRow } from "../../rows/change-row.ts";
import { fields } from "../../rows/fields.ts";
import { rowOf } from "../../rows/index.ts";
import { companies } from "../../schema/core.ts";
import { recordId } from "../../validation/input.ts";
import { higherRole, rankOf } from "../account/roles.ts";
import { tellCompanyOfDemand } from "../account/tell-of-demand.ts";
import { type Company, lockLiveCompany } from "./company.ts";
import { requireReachedCompany } from "./reached-company.ts";
import { demanderOf, requireDemanderRank } from "./two-factor-demander.ts";

const { twoFactorGraceDays } = fields(companies).values("twoFactorGraceDays");

const graceDays = twoFactorGraceDays.unwrap().default(7).meta({
  description: "Days that its users have, from now on, and later ones from the day that they come to the company.",
});

function lockReached(tx: Transaction, id: number, caller: Caller): Promise<Company> {
  requireReachedCompany(id, caller);
  return lockLiveCompany(tx, id);
}

/**
 * Demands a second factor of everybody in a company, demonstrations apart. Whoever has none after the days of grace reaches
 * nothing but its set-up, and API keys open nothing until there is one. What the installation demands earlier stays demanded.
 * Its users are told by mail, where NERVE sends any. Where it is demanded already, the days are counted from when it first was, and the demand stays that of the highest role that made
 * it (`twoFactorDemandedBy`), which more days take. The program itself, and so the command line, counts as a super administrator.
 *
 * @returns the company as it is now
 * @throws {PermissionError} PERMISSION_DENIED for an API key, and for more days than somebody of a higher role demanded
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @see OWASP ASVS 5.0, 6.3.3
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "factors.example" });
 * await demandTwoFactor(db, { id, graceDays: 14 });
 */
export const demandTwoFactor = changing({
  summary: "Demand a second factor of a company's users, after days of grace",
  permission: "company:two-factor",
  fresh: true,
  input: { id: recordId(), graceDays },
  output: rowOf(companies),
  async run(tx, { id, graceDays: days }, caller) {
    const company = await lockReached(tx, id, caller);
    const { twoFactorDemandedAt: since, twoFactorGraceDays: former } = company;
    const demander = demanderOf(company);
    if (demander !== null && days > (former ?? 0)) requireDemanderRank(caller, demander);
    const by = higherRole(rankOf(caller), demander);
    if (former === days && by === demander) return unchanged(company);
    const demanding = await changeRow(tx, companies, id, {
      twoFactorDemandedAt: since ?? tx.clock.now(),
      twoFactorGraceDays: days,
      twoFactorDemandedBy: by,
    });
    if (since === null) await tellCompanyOfDemand(tx, demanding, caller.actor);
    const metadata = { graceDays: days, former, demandedBy: by };
    return changed(demanding, {
      action: "company_two_factor_demanded",
      on: companies,
      id,
      metadata,
      companyId: id,
    });
  },
});

/**
 * Takes back that a company demands a second factor of its users. What the installation demands of them stays demanded, and who
 * has a second factor keeps it. It takes the rank of whoever demanded it (`twoFactorDemandedBy`). A company that demands none stays as
 * it is.
 *
 * @returns the company as it is now
 * @throws {PermissionError} PERMISSION_DENIED for an API key, and for what somebody of a higher role demanded
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id } = await createCompany(db, { name: "Example", primaryDomain: "no-factors.example" });
 * await waiveTwoFactor(db, { id });
 */
export const waiveTwoFactor = changing({
  summary: "Take back that a company demands a second factor of its users",
  permission: "company:two-factor",
  fresh: true,
  input: { id: recordId() },
  output: rowOf(companies),
  async run(tx, { id }, caller) {
    const company = await lockReached(tx, id, caller);
    const demander = demanderOf(company);
    if (demander === null) return unchanged(company);
    requireDemanderRank(caller, demander);
    const waived = await changeRow(tx, companies, id, {
      twoFactorDemandedAt: null,
      twoFactorGraceDays: null,
      twoFactorDemandedBy: null,
    });
    return changed(waived, { action: "company_two_factor_waived", on: companies, id, companyId: id });
  },
});
