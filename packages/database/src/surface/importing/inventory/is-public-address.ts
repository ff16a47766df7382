import { networkList } from "../../../validation/network.ts";

/** Networks that the Internet does not lead to: the special ones of IANA's registries (RFC 6890) that a scan may meet. */
const isInner = networkList([
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
  "::/127",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
]);

/** Tells whether the Internet leads to an address in its canonical form. */
export function isPublicAddress(address: string): boolean {
  return !isInner(address);
}
