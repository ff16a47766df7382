import { BlockList, isIPv6 } from "node:net";
import { LRUCache } from "lru-cache";
import { plainAddress } from "./client-address.ts";

const rememberedPeers = 1000;

/** Tells whether the other end of a connection is a proxy that the settings name. */
export type IsTrustedPeer = (address: string | undefined) => boolean;

/** Makes what tells trusted proxies by their address; without any, nobody is one. */
export function trustedPeers(networks: readonly string[] | null): IsTrustedPeer {
  if (networks === null) return () => false;
  const list = blockListOf(networks);
  // Asked for each request, and they come from a few proxies.
  const known = new LRUCache<string, boolean>({
    max: rememberedPeers,
    memoMethod: (address) => isListed(list, address),
  });
  return (address) => {
    const plain = plainAddress(address ?? "");
    return plain !== undefined && known.memo(plain);
  };
}

/** Whether an address is one that only neighbours have: this machine's, or of a private or link-local network. */
export function isNearby(address: string): boolean {
  return isListed(nearby, address);
}

const nearby = blockListOf([
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "::1",
  "fc00::/7",
  "fe80::/10",
]);

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = familyOf(address);
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function isListed(list: BlockList, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
  return list.check(plain, familyOf(plain));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
