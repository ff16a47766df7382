// oxlint-disable-next-line no-restricted-imports -- these two read the text of an address; nothing is connected.
import { isIP, SocketAddress } from "node:net";

/** The longest text form of an IP address: IPv6 that ends in four decimal numbers. */
export const maxIpAddressLength = 45;

const mappedIpv4 = "::ffff:";

/**
 * Tells whether a value is an IPv4 or IPv6 address in text form.
 *
 * Refused: a zone (`fe80::1%eth0`), a prefix length, a port, leading zeros in IPv4 (some programs read them as octal), white space.
 *
 * @param value - anything; what is not a string is no address
 * @returns whether it is one
 * @see https://www.rfc-editor.org/rfc/rfc4291#section-2.2
 */
export function validateIpAddress(value: unknown): boolean {
  return ipVersion(value) !== 0;
}

/**
 * Gives an IP address in the one form it is stored and compared in: IPv6 shortest and in lower case, and IPv4 as IPv4 even if
 * a dual-stack socket reports it as `::ffff:192.0.2.1`. Otherwise one client would count as several.
 *
 * @returns `undefined` for what `validateIpAddress` refuses
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
export function toCanonicalIpAddress(value: unknown): string | undefined {
  const version = ipVersion(value);
  if (version === 0) return undefined;
  const address = String(value);
  if (version === 4) return address;
  const shortest = new SocketAddress({ address, family: "ipv6" }).address;
  const ending = shortest.slice(mappedIpv4.length);
  return shortest.startsWith(mappedIpv4) && isIP(ending) === 4 ? ending : shortest;
}

function ipVersion(value: unknown): number {
  if (typeof value !== "string" || value.length > maxIpAddressLength || value.includes("%")) return 0;
  return isIP(value);
}
