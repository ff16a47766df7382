import { type Caller, systemCaller, systemCallerFor } from "../../../src/access/caller.ts";
import type { Actor } from "../../../src/access/actor.ts";
import type { UserRole } from "../../../src/schema/core.ts";

/** The program itself on behalf of an actor. */
export const on = (actor: Actor): Caller => systemCallerFor(actor);

/** A caller who reaches one company's records. */
export const inCompany = (companyId: number, actor: Actor = { userId: null }): Caller => ({
  ...systemCallerFor(actor),
  scope: { kind: "company", companyId },
});

/** Somebody of a role, who reaches one company's records, or all. */
export const ofRole = (role: UserRole, companyId?: number): Caller => ({
  ...(companyId === undefined ? systemCaller : inCompany(companyId)),
  role,
});

/** A caller who reaches nothing but their own records. */
export const onlyOwn = (userId: number): Caller => ({
  ...systemCaller,
  actor: { userId },
  scope: { kind: "own", userId },
});
