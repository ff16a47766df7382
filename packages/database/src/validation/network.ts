// oxlint-disable-next-line no-restricted-imports -- it looks addresses up in lists of networks; nothing is connected.
import { BlockList } from "node:net";
import { maxIpAddressLength, toCanonicalIpAddress } from "./ip-address.ts";

/** The longest text form of a network: an address and `/128`. */
export const maxNetworkLength = maxIpAddressLength + "/128".length;

/** Bits of an IPv6 address before the IPv4 address that it stands for. */
const bitsBeforeMapped = 96;

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
  return groupsOf(canonical).slice(0, 4).join(":");
}

/**
 * Gives a network in the one form it is stored in, `192.0.2.0/24`: its first address, shortest, and how many bits all of its
 * addresses share. An address alone is the network of itself, and an IPv6 network of addresses that stand for IPv4 ones
 * (`::ffff:192.0.2.0/120`) is theirs.
 *
 * @param written the network as somebody wrote it, or one address
 * @returns `undefined` for what is no network
 * @see https://www.rfc-editor.org/rfc/rfc4632#section-3.1
 */
export function toCanonicalNetwork(written: string): string | undefined {
  const [start = "", length, ...rest] = written.split("/");
  const address = toCanonicalIpAddress(start);
  if (address === undefined || rest.length > 0) return undefined;
  const isIpv6 = address.includes(":");
  const bits = isIpv6 ? 128 : 32;
  const before = start.includes(":") && !isIpv6 ? bitsBeforeMapped : 0;
  const prefix = length === undefined ? bits : readLength(length) - before;
  // A length that is no number is in no range.
  return prefix >= 0 && prefix <= bits ? `${firstAddress(address, prefix)}/${prefix}` : undefined;
}

/**
 * Makes what tells whether an address is in one of some networks; an IPv4 address that is written in IPv6 counts as itself.
 *
 * @param networks networks and addresses, in any form
 * @returns a function that is false for what is no address, and for every address where there are no networks
 * @throws {TypeError} for what is no network
 * @example
 * const isNear = networkList(["10.0.0.0/8", "2001:db8::1"]);
 * isNear("::ffff:10.1.2.3"); // true
 */
export function networkList(networks: readonly string[]): (address: string) => boolean {
  // Apart by family: Node finds IPv4 addresses in `::/0` as well.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const canonical = toCanonicalNetwork(network);
    if (canonical === undefined) throw new TypeError(`${network} is no network.`);
    const [start = "", prefix] = canonical.split("/");
    lists[familyOf(start)].addSubnet(start, Number(prefix), familyOf(start));
  }
  return (address) => {
    const canonical = toCanonicalIpAddress(address);
    return canonical !== undefined && lists[familyOf(canonical)].check(canonical, familyOf(canonical));
  };
}

function familyOf(canonical: string): "ipv4" | "ipv6" {
  return canonical.includes(":") ? "ipv6" : "ipv4";
}

function readLength(text: string): number {
  return /^(?:0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Number.NaN;
}

/** The first address of the network that an address lies in. */
function firstAddress(canonical: string, prefix: number): string | undefined {
  const isIpv6 = canonical.includes(":");
  const [parts, width] = isIpv6
    ? [groupsOf(canonical).map((group) => Number.parseInt(group, 16)), 16]
    : [canonical.split(".").map(Number), 8];
  const kept = parts.map((part, index) => {
    const free = width - Math.min(Math.max(prefix - index * width, 0), width);
    return (part >> free) << free;
  });
  return toCanonicalIpAddress(isIpv6 ? kept.map((part) => part.toString(16)).join(":") : kept.join("."));
}

/** The eight groups of an IPv6 address in its shortest form, which may end in four decimal numbers. */
function groupsOf(canonical: string): string[] {
  const inHex = canonical.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...numbers: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = numbers.slice(0, 4).map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  // `::` stands for as many zero groups as are missing.
  const [head = "", tail = ""] = inHex.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  return [...first, ...zeros, ...last];
}
