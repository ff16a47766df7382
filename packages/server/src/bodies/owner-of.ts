import { networkOf } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { clientAddress } from "../proxies/client-address.ts";

/** Whose bytes those of a request are: its user's, or its address's where nobody is signed in. */
export function ownerOf(request: FastifyRequest): string {
  const { principal } = request;
  return principal === null ? `address ${networkOf(clientAddress(request))}` : `user ${principal.user.id}`;
}
