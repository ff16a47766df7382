import type { Caller } from "../../access/caller.ts";
import { NotFoundError } from "../../errors/index.ts";

/**
 * Makes sure that a caller reaches a company, deleted ones included; what is out of reach is not there.
 *
 * @throws {NotFoundError} NOT_FOUND
 */
export function requireReachedCompany(id: number, { scope }: Caller): void {
  if (scope.kind === "own" || (scope.kind === "company" && scope.companyId !== id)) throw new NotFoundError();
}
