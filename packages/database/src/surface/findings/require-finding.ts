import type { Caller } from "../../access/caller.ts";
import { requireWithin } from "../../access/require-within.ts";
import type { Handle } from "../../database/handle.ts";
import { NotFoundError } from "../../errors/index.ts";
import { findings } from "../../schema/surface/findings.ts";
import type { VisibleRow } from "../../schema/kit/index.ts";
import { companyInQuestion } from "../reach/company-in-question.ts";

/**
 * Finds a finding by its id within a caller's reach. What somebody was given to see of a company is out of their reach once they
 * have left it.
 *
 * @throws {NotFoundError} NOT_FOUND
 */
export async function requireFinding(db: Handle, id: number, caller: Caller): Promise<VisibleRow<typeof findings>> {
  const finding = await requireWithin(db, findings, id, caller);
  const company = await companyInQuestion(db, caller, finding.companyId);
  if (company !== finding.companyId) throw new NotFoundError();
  return finding;
}
