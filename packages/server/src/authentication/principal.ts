import { type Actor, DatabaseError, type Scope, type User, type UserRole, type ValidSession } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { originOf } from "./request-origin.ts";

/** The user behind a request. */
export interface RequestUser {
  readonly id: number;
  readonly email: string;
  readonly role: UserRole;
  readonly companyId: number | null;
}

/** Who makes a request: a session, or a program with an API key. */
export type Principal =
  | {
      readonly kind: "session";
      readonly user: User;
      readonly session: ValidSession;
      readonly token: string;
      /** A browser sends its cookie by itself, also from other sites; a token in a header nobody sends unasked. */
      readonly sentBy: "cookie" | "header";
    }
  | {
      readonly kind: "api-key";
      readonly user: RequestUser;
      readonly keyId: number;
      readonly name: string;
      readonly expiresAt: Date | null;
      readonly permissions: readonly string[];
      readonly networks: readonly string[];
    };

/** A good API key that a request brings from an address that is in none of its networks. It is nobody's proof. */
export interface MisplacedKey {
  readonly keyId: number;
  readonly userId: number;
  readonly email: string;
}

export type SessionPrincipal = Extract<Principal, { kind: "session" }>;

/** Who makes the request. @throws {DatabaseError} UNAUTHENTICATED on a route that anybody may call */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new DatabaseError("UNAUTHENTICATED");
  return request.principal;
}

/** The session that makes the request. @throws {DatabaseError} UNAUTHENTICATED when it is none */
export function sessionOf(request: FastifyRequest): SessionPrincipal {
  const principal = principalOf(request);
  if (principal.kind !== "session") throw new DatabaseError("UNAUTHENTICATED");
  return principal;
}

/** Whose records the request reaches. @throws {DatabaseError} UNAUTHENTICATED on a route that anybody may call */
export function scopeOf(request: FastifyRequest): Scope {
  if (request.scope === null) throw new DatabaseError("UNAUTHENTICATED");
  return request.scope;
}

/** The request's user as the actor of what is recorded. */
export function actorOf(request: FastifyRequest): Actor {
  return { userId: principalOf(request).user.id, ...originOf(request) };
}
