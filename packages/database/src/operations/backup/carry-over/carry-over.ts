import type { Handle, Transaction } from "../../../database/handle.ts";
import { type AccountCounts, carryAccounts } from "./carry-accounts.ts";
import { type CompanyCounts, carryCompanies } from "./carry-companies.ts";
import { carryKeys } from "./carry-keys.ts";
import { carryAudit, carryEvents } from "./carry-log.ts";

/** What of the replaced state lives on in the restored one, in numbers of accounts, keys, companies and rows. */
export interface CarriedOver extends AccountCounts, CompanyCounts {
  apiKeysRevoked: number;
  /** Rows of the audit log that were written since the backup. */
  auditRows: number;
  securityEvents: number;
}

/**
 * Carries over into a restored state what was taken from accounts that both states know, and what was recorded, since the
 * backup: a restore gives no access back, and takes no evidence away.
 * @see OWASP ASVS 5.0, 7.4.2
 */
export async function carryOver(replaced: Handle, restored: Transaction): Promise<CarriedOver> {
  const states = { replaced, restored };
  const { known: companies, counts: companyCounts } = await carryCompanies(states);
  const { known: users, counts } = await carryAccounts(states, restored.clock.now());
  const apiKeysRevoked = await carryKeys(states, users);
  const auditRows = await carryAudit(states, { users, companies });
  const securityEvents = await carryEvents(states, { users, companies });
  return { ...counts, ...companyCounts, apiKeysRevoked, auditRows, securityEvents };
}
