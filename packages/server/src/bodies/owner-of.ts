import type { FastifyRequest } from "fastify";
import { addressKey } from "../limits/address-key.ts";

/** Whose bytes those of a request are: its user's, or its address's where nobody is signed in. */
export function ownerOf({ principal, ip }: FastifyRequest): string {
  return principal === null ? `address ${addressKey(ip)}` : `user ${principal.user.id}`;
}
