import { networkOf } from "@nerve/database";
import type { FastifyRequest } from "fastify";

/** Whose bytes those of a request are: its user's, or its address's where nobody is signed in. */
export function ownerOf({ principal, ip }: FastifyRequest): string {
  return principal === null ? `address ${networkOf(ip)}` : `user ${principal.user.id}`;
}
