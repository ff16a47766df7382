import type { FastifyRequest } from "fastify";
import { isLoopbackHost, type Settings } from "../settings/index.ts";

/** What proxies write; a request that has any came from elsewhere, whatever it says. */
const forwarding = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/**
 * Whether a request comes from a program on this machine. A proxy on this machine stands for everybody else: with a public
 * address, only one that is trusted, and so tells whom it forwards for, can be told apart. The name that was asked for has to
 * be this machine's, for a browser can be led here under another (DNS rebinding).
 */
export function isFromThisMachine(
  { ip, hostname, headers }: Pick<FastifyRequest, "ip" | "hostname" | "headers">,
  { publicUrl, trustedProxies }: Pick<Settings, "publicUrl" | "trustedProxies">,
): boolean {
  if (publicUrl !== null && trustedProxies === null) return false;
  if (forwarding.some((name) => headers[name] !== undefined)) return false;
  return isLoopbackHost(ip.replace(/^::ffff:/, "")) && isLoopbackHost(hostname.replaceAll(/[[\]]/g, ""));
}
