import { ValidationError } from "@nerve/database";
import type { FastifyRequest } from "fastify";

/**
 * Refuses a request that names two hosts: Node takes the first, a proxy before it may have taken the last.
 *
 * @throws {ValidationError} INVALID_INPUT
 * @see RFC 9112, section 3.2
 */
export function refuseTwoHosts({ raw: { rawHeaders } }: FastifyRequest): void {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  if (hosts > 1) throw new ValidationError([{ field: "host", message: "must be one header" }]);
}
