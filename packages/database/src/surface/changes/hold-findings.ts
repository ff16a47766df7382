import type { Transaction } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";

/**
 * Keeps others from changing the findings of a company until the transaction ends. Everything that changes findings takes it first,
 * before it reads what it decides on.
 */
export async function holdFindings(tx: Transaction, companyId: number): Promise<void> {
  await holdName(tx, `findings of company ${companyId}`);
}
