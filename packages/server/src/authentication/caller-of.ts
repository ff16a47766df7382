import type { Caller, Proof } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { isFresh } from "../authorization/freshness.ts";
import { actorOf, type Principal, principalOf, scopeOf } from "./principal.ts";

/** Who calls an operation by a request. The one place that makes a caller of a session or an API key. */
export function callerOf(request: FastifyRequest): Caller {
  const principal = principalOf(request);
  const caller = { actor: actorOf(request), scope: scopeOf(request), role: principal.user.role };
  return principal.kind === "api-key"
    ? { ...caller, proof: "key", keyPermissions: principal.permissions }
    : { ...caller, proof: proofOf(request, principal) };
}

function proofOf({ server }: FastifyRequest, principal: Principal): Proof {
  return isFresh(principal, server.clock.now()) ? "fresh" : "session";
}
