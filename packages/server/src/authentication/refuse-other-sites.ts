import type { FastifyRequest } from "fastify";
import { HttpError } from "../errors/index.ts";
import { isNameOfThisMachine } from "../settings/index.ts";

const harmlessMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a change that a browser sends on behalf of another site. `Origin` and `Sec-Fetch-Site` are written by the browser
 * itself; programs that are none send neither.
 *
 * @param publicUrl the address that people reach NERVE under; null: the one that the request was sent to, where that is this
 *   machine's for certain
 * @throws {HttpError} CROSS_SITE
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function refuseOtherSites(request: FastifyRequest, publicUrl: string | null): void {
  if (harmlessMethods.has(request.method)) return;
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const own = publicUrl ?? addressedOrigin(request);
  if (origin !== undefined && origin !== own) throw new HttpError("CROSS_SITE");
  if (site !== undefined && site !== "same-origin" && site !== "none") throw new HttpError("CROSS_SITE");
}

function addressedOrigin({ protocol, host, hostname }: FastifyRequest): string | undefined {
  return isNameOfThisMachine(hostname) ? `${protocol}://${host}` : undefined;
}

/**
 * Refuses a change by cookie that does not say which site it comes from: whoever sends cookies is a browser, and browsers say.
 *
 * @throws {HttpError} CROSS_SITE
 */
export function requireSite(request: FastifyRequest): void {
  if (harmlessMethods.has(request.method)) return;
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  if (origin === undefined && site !== "same-origin") throw new HttpError("CROSS_SITE");
}
