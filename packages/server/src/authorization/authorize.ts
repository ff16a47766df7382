import {
  type Clock,
  DatabaseError,
  findReaches,
  findScope,
  PermissionError,
  type PermissionName,
  type Reaches,
  roleMatrix,
  type Scope,
} from "@nerve/database";
import type { FastifyRequest } from "fastify";
import type { Principal } from "../authentication/principal.ts";
import { HttpError } from "../errors/index.ts";
import { isFresh } from "./freshness.ts";

/** Who may call a route: anybody, or whoever has the permission. */
export type Access = "anybody" | PermissionName;

/** What someone may do whose password has to be changed first. */
const withoutPasswordChange: ReadonlySet<Access> = new Set(["account:read", "account:sign-out", "account:change"]);

/** What someone may do who had to set up a second factor, and has not. */
const withoutSecondFactor: ReadonlySet<Access> = new Set([
  "account:read",
  "account:sign-out",
  "account:reauthenticate",
  "account:two-factor",
]);

/**
 * Decides whether a request may call its route.
 *
 * @returns whose records it reaches
 * @throws {DatabaseError} UNAUTHENTICATED without a good credential
 * @throws {PermissionError} PERMISSION_DENIED when the role, or the API key, does not have the permission
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED
 * @throws {HttpError} PASSWORD_CHANGE_NEEDED, SECOND_FACTOR_NEEDED
 */
export function authorize(request: FastifyRequest, permission: PermissionName, clock: Clock): Scope {
  const { principal } = request;
  if (principal === null) throw new DatabaseError("UNAUTHENTICATED");
  const scope = findScope(principal.user, permission);
  if (scope === null || !carries(principal, permission)) throw new PermissionError();
  if (mustChangePassword(principal) && !withoutPasswordChange.has(permission)) {
    throw new HttpError("PASSWORD_CHANGE_NEEDED");
  }
  if (lacksSecondFactor(principal, clock.now()) && !withoutSecondFactor.has(permission)) {
    throw new HttpError("SECOND_FACTOR_NEEDED");
  }
  if (request.routeOptions.config.fresh === true && !isFresh(principal, clock.now())) {
    throw new DatabaseError("FRESH_SIGN_IN_NEEDED");
  }
  return scope;
}

/** Whether somebody has a permission, by the role and, with a key, by what the key carries. */
export function hasPermission(principal: Principal, permission: PermissionName): boolean {
  return findScope(principal.user, permission) !== null && carries(principal, permission);
}

/** A key carries what its list names: a permission, `scan:*` for all about scans, or `*` for everything a key can carry. */
function carries(principal: Principal, permission: PermissionName): boolean {
  if (principal.kind === "session") return true;
  if (!roleMatrix[permission].byKey) return false;
  const [subject = ""] = permission.split(":", 1);
  return [permission, `${subject}:*`, "*"].some((named) => principal.permissions.includes(named));
}

/** Everything that somebody may do, and how far they reach with it. */
export function permissionsOf(principal: Principal): Reaches {
  const reaches = findReaches(principal.user);
  if (principal.kind === "session") return reaches;
  return Object.fromEntries(Object.entries(reaches).filter(([name]) => carries(principal, name as PermissionName)));
}

function mustChangePassword(principal: Principal): boolean {
  return principal.kind === "session" && principal.session.user.mustChangePassword;
}

function lacksSecondFactor(principal: Principal, now: Date): boolean {
  if (principal.kind !== "session") return false;
  const due = principal.session.secondFactorDue;
  return due !== null && due <= now;
}
