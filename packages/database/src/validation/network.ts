import { toCanonicalIpAddress } from "./ip-address.ts";

/**
 * Gives the network that an IP address is judged as: an IPv4 address as itself, an IPv6 address as its first 64 bits, for that
 * is what one customer gets, and a computer changes the rest by itself.
 *
 * @param ipAddress an IP address in any form; what is none stands for itself
 * @returns the network, in a form that is the same for all of its addresses
 * @see RFC 8981, on temporary addresses within a network
 * @example
 * networkOf("2001:db8:1:2:5:6:7:8") === networkOf("2001:db8:1:2::a"); // true
 */
export function networkOf(ipAddress: string): string {
  const canonical = toCanonicalIpAddress(ipAddress.split("%")[0]) ?? ipAddress;
  if (!canonical.includes(":") || canonical.includes(".")) return canonical;
  // `::` stands for as many zero groups as are missing; the first four groups are the network.
  const [head = "", tail = ""] = canonical.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  return [...first, ...zeros, ...last].slice(0, 4).join(":");
}
