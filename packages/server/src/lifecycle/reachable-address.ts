import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * The address to tell people that a server listens at. One that listens on every address of the machine is told with the one that
 * other machines reach, for a link with 127.0.0.1 is of no use to them.
 *
 * @param address where it listens, as Fastify says
 * @param host the setting
 * @param interfaces the machine's, unless a test has others
 */
export function reachableAddress(address: string, host: string, interfaces: Interfaces = networkInterfaces()): string {
  if (host !== "0.0.0.0" && host !== "::") return address;
  const outward = Object.values(interfaces)
    .flatMap((found) => found ?? [])
    .filter(({ internal, family, scopeid }) => !internal && (family === "IPv4" || (host === "::" && scopeid === 0)));
  const chosen = outward.find(({ family }) => family === "IPv4") ?? outward[0];
  if (chosen === undefined) return address;
  const url = new URL(address);
  url.hostname = chosen.family === "IPv6" ? `[${chosen.address}]` : chosen.address;
  return url.origin;
}
