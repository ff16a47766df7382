import { isIP } from "node:net";

/**
 * What stands for whoever has an address: the address, but of IPv6 the network of 64 bits, for that is what one customer gets.
 */
export function addressKey(ip: string): string {
  if (isIP(ip) !== 6 || ip.startsWith("::ffff:")) return ip;
  // `::` stands for as many zero groups as are missing; the first four groups are the network.
  const [head = "", tail = ""] = ip.split("%")[0]?.split("::") ?? [];
  const first = head === "" ? [] : head.split(":");
  const last = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  return [...first, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}
