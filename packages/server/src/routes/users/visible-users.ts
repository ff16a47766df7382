import { getUser, type Handle, mayAssignRole, NotFoundError, PermissionError, type User } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { principalOf, type RequestUser, scopeOf } from "../../authentication/principal.ts";
import { reaches, type Scope } from "../../authorization/scope.ts";

/** Whose records a request reaches, and who makes it. */
export interface Reach {
  readonly scope: Scope;
  readonly user: RequestUser;
}

/** Reads how far a request reaches. */
export function reachOf(request: FastifyRequest): Reach {
  return { scope: scopeOf(request), user: principalOf(request).user };
}

/**
 * Finds a user within a request's reach.
 *
 * @throws {NotFoundError} NOT_FOUND when there is none, or it is out of reach: nobody learns which
 */
export async function findVisibleUser(db: Handle, id: number, scope: Scope): Promise<User> {
  const user = await getUser(db, id);
  if (user === null || !reaches(scope, { userId: user.id, companyId: user.companyId })) throw new NotFoundError();
  return user;
}

/**
 * Finds a user whom the actor may change: within reach, and of no role above the actor's own.
 *
 * @throws {NotFoundError} NOT_FOUND
 * @throws {PermissionError} PERMISSION_DENIED
 */
export async function findManagedUser(db: Handle, id: number, { scope, user: actor }: Reach): Promise<User> {
  const user = await findVisibleUser(db, id, scope);
  if (user.id !== actor.id) requireRank(actor, user.role);
  return user;
}

/** @throws {PermissionError} PERMISSION_DENIED when the actor may not give out, or manage, the role */
export function requireRank(actor: RequestUser, role: User["role"]): void {
  if (!mayAssignRole(actor.role, role)) throw new PermissionError();
}
