import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import type { IsTrustedPeer } from "./trusted-peers.ts";

/**
 * Reads an IP address as proxies write it: with a port (`192.0.2.7:8080`, `[2001:db8::1]:443`), in brackets, or with the zone of a
 * link (`fe80::1%eth0`), which say nothing about whose it is.
 *
 * @returns the address alone; undefined for what is none, such as `unknown`
 */
export function plainAddress(written: string): string | undefined {
  if (isIP(written) !== 0 && !written.includes("%")) return written;
  const inBrackets = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(written)?.[1];
  const beforePort = /^([\d.]+):\d{1,5}$/.exec(written)?.[1];
  const [address = ""] = (inBrackets ?? beforePort ?? written).split("%");
  return isIP(address) === 0 ? undefined : address;
}

/** The address of who sends a request, as far as trusted proxies tell it; else that of the other end of the connection. */
export function clientAddress({ ip, socket }: Pick<FastifyRequest, "ip" | "socket">): string {
  return plainAddress(ip) ?? plainAddress(socket.remoteAddress ?? "") ?? "127.0.0.1";
}

/**
 * The address that a request comes from of which the router made none: the last of the chain that no trusted proxy has, as Fastify
 * reads it for all others.
 */
export function forwardedAddress({ socket, headers }: IncomingMessage, isTrusted: IsTrustedPeer): string {
  const own = socket.remoteAddress ?? "";
  const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
  const chain = [own, ...forwarded.toReversed().map((address) => address.trim())].filter((address) => address !== "");
  return chain.find((address) => !isTrusted(address)) ?? chain.at(-1) ?? own;
}
