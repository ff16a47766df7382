import { sanitizeInput } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { clientAddress } from "../proxies/client-address.ts";

const longestUserAgent = 512;

/** Where a request comes from, as the database records it. */
export interface RequestOrigin {
  readonly ipAddress: string;
  readonly userAgent?: string;
}

/** Reads where a request comes from: the client's address as far as trusted proxies tell it, and its user agent, cleaned. */
export function originOf(request: FastifyRequest): RequestOrigin {
  const ipAddress = clientAddress(request);
  const userAgent = request.headers["user-agent"];
  if (userAgent === undefined) return { ipAddress };
  return { ipAddress, userAgent: sanitizeInput(userAgent, { maxLength: longestUserAgent }) };
}
