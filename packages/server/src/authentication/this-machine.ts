import type { FastifyRequest } from "fastify";
import { forwardingHeaders } from "../proxies/forwarding-headers.ts";
import { trustedPeers } from "../proxies/trusted-peers.ts";
import { isLoopbackHost, type Settings } from "../settings/index.ts";

/** Tells whether a request comes from a program on this machine. */
export type IsFromThisMachine = (request: Pick<FastifyRequest, "hostname" | "headers" | "socket">) => boolean;

/**
 * Makes what tells whether a request comes from a program on this machine. A proxy on this machine stands for everybody else,
 * also where it adds no header: so nothing that a trusted proxy could have sent does, and behind a public address without a
 * trusted proxy nothing at all. The name that was asked for has to be this machine's, for a browser can be led here under
 * another (DNS rebinding).
 */
export function fromThisMachine({
  publicUrl,
  trustedProxies,
}: Pick<Settings, "publicUrl" | "trustedProxies">): IsFromThisMachine {
  if (publicUrl !== null && trustedProxies === null) return () => false;
  const isTrusted = trustedPeers(trustedProxies);
  return ({ hostname, headers, socket }) => {
    const peer = socket.remoteAddress ?? "";
    if (isTrusted(peer) || forwardingHeaders.some((name) => headers[name] !== undefined)) return false;
    return isLoopbackHost(peer.replace(/^::ffff:/, "")) && isLoopbackHost(hostname.replaceAll(/[[\]]/g, ""));
  };
}
