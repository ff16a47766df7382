import { networkList } from "@nerve/database";
import { LRUCache } from "lru-cache";
import { plainAddress } from "./client-address.ts";

const rememberedPeers = 1000;

/** Tells whether the other end of a connection is a proxy that the settings name. */
export type IsTrustedPeer = (address: string | undefined) => boolean;

/** Makes what tells trusted proxies by their address; without any, nobody is one. */
export function trustedPeers(networks: readonly string[] | null): IsTrustedPeer {
  if (networks === null) return () => false;
  // Asked for each request, and they come from a few proxies.
  const known = new LRUCache<string, boolean>({ max: rememberedPeers, memoMethod: networkList(networks) });
  return (address) => {
    const plain = plainAddress(address ?? "");
    return plain !== undefined && known.memo(plain);
  };
}

const nearby = networkList([
  "127.0.0.0/8",
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "::1",
  "fc00::/7",
  "fe80::/10",
]);

/** Whether an address is one that only neighbours have: this machine's, or of a private or link-local network. */
export function isNearby(address: string): boolean {
  return nearby(plainAddress(address) ?? "");
}
