import type { Caller, Proof } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { hasPermission } from "../authorization/authorize.ts";
import { isFresh } from "../authorization/freshness.ts";
import { actorOf, type Principal, principalOf, scopeOf } from "./principal.ts";

/** Who calls an operation by a request. The one place that makes a caller of a session or an API key. */
export function callerOf(request: FastifyRequest): Caller {
  const principal = principalOf(request);
  return {
    actor: actorOf(request),
    scope: scopeOf(request),
    role: principal.user.role,
    proof: proofOf(request, principal),
    may: (permission) => hasPermission(principal, permission),
  };
}

function proofOf({ server }: FastifyRequest, principal: Principal): Proof {
  if (principal.kind === "api-key") return "key";
  return isFresh(principal, server.clock.now()) ? "fresh" : "session";
}
