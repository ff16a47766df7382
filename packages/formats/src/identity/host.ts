import { domainToASCII } from "node:url";

/**
 * The canonical form of a host: lower case, no final dot, IDN in ASCII, IPv6 compressed and without zone or brackets.
 * Underscores, single labels and `*.` are kept, and so is what is no host at all.
 */
export function hostKey(host: string): string {
  const bare = host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1");
  if (bare.includes(":")) return addressKey(bare.replace(/%.*$/, ""));
  const name = bare.replace(/\.+$/, "");
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/^[\u0000-\u007F]*$/.test(name)) return name;
  const ascii = domainToASCII(name);
  return ascii === "" ? name : ascii;
}

function addressKey(address: string): string {
  const url = `http://[${address}]/`;
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : address;
}

export function isAddress(host: string): boolean {
  const key = hostKey(host);
  return key.includes(":")
    ? URL.canParse(`http://[${key}]/`)
    : /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(key);
}
