import type { Clock } from "../database/clock.ts";
import { hour } from "../database/durations.ts";
import { networkOf } from "../validation/network.ts";

/** How long failures that belong together make one event. */
const windowMs = hour;

/** Groups at a time, and addresses that one network is given a group for each of; what is more is counted together. */
const most = { addresses: 1000, addressesOfNetwork: 10, networks: 200 };

/** What a group names, or counts, of each kind: networks, and addresses. */
const mostNamed = { networks: 10, addresses: 100 };
const others = "others";

/** A failed sign-in, as its attempt was recorded: `email` as it is logged. */
export interface FailedSignIn {
  readonly email: string;
  readonly ipAddress: string;
  readonly userAgent?: string | undefined;
  readonly userId?: number | undefined;
  readonly reason: string;
}

/** Failed sign-ins of one hour: for an e-mail address, from a network, or all that are too many to be told apart. */
export interface FailureGroup {
  readonly by: "address" | "network" | "others";
  readonly first: FailedSignIn;
  readonly startedAt: Date;
  lastAt: Date;
  count: number;
  readonly reasons: Map<string, number>;
  readonly networks: Map<string, number>;
  readonly addresses: Set<string>;
}

/**
 * Groups failed sign-ins, in memory that is bounded. How depends on what was sent alone, never on whether there is such an account: a
 * first failure costs more than others, and that would tell.
 */
export class FailureGroups {
  readonly #clock: Clock;
  readonly #groups = new Set<FailureGroup>();
  readonly #present = new Map<string, FailureGroup>();
  /** How many are present: of addresses, of networks, and of the addresses that each network tried first. */
  readonly #numbers = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a failure; the group that it belongs to. */
  count(failure: FailedSignIn): FailureGroup {
    const network = networkOf(failure.ipAddress);
    const group = this.#groupOf(failure, network);
    group.count += 1;
    group.lastAt = this.#clock.now();
    add(group.reasons, failure.reason);
    const isNamed = group.networks.has(network) || group.networks.size < mostNamed.networks;
    add(group.networks, isNamed ? network : others);
    if (group.addresses.size < mostNamed.addresses) group.addresses.add(failure.email);
    return group;
  }

  all(): FailureGroup[] {
    return [...this.#groups];
  }

  /** Forgets the groups whose hour is over, except those that are still needed. */
  forgetEnded(isNeeded: (group: FailureGroup) => boolean): void {
    for (const key of this.#present.keys()) this.#find(key);
    const present = new Set(this.#present.values());
    for (const group of this.#groups) if (!present.has(group) && !isNeeded(group)) this.#groups.delete(group);
  }

  #groupOf(failure: FailedSignIn, network: string): FailureGroup {
    const [ofAddress, ofNetwork] = [`address ${failure.email}`, `network ${network}`];
    const found = this.#find(ofAddress);
    if (found !== undefined) return found;
    const isAddressRoom =
      this.#numberOf("address") < most.addresses && this.#numberOf(`address from ${network}`) < most.addressesOfNetwork;
    if (isAddressRoom) return this.#open(ofAddress, "address", failure);
    const shared = this.#find(ofNetwork);
    if (shared !== undefined) return shared;
    if (this.#numberOf("network") < most.networks) return this.#open(ofNetwork, "network", failure);
    return this.#find(others) ?? this.#open(others, "others", failure);
  }

  /** The present group of a key; one whose hour is over is none any more. */
  #find(key: string): FailureGroup | undefined {
    const group = this.#present.get(key);
    if (group === undefined) return undefined;
    if (Math.abs(this.#clock.now().getTime() - group.startedAt.getTime()) < windowMs) return group;
    this.#present.delete(key);
    for (const what of numberedAs(group)) {
      if (this.#numberOf(what) === 1) this.#numbers.delete(what);
      else this.#numbers.set(what, this.#numberOf(what) - 1);
    }
    return undefined;
  }

  #open(key: string, by: FailureGroup["by"], first: FailedSignIn): FailureGroup {
    const now = this.#clock.now();
    const counts = { reasons: new Map<string, number>(), networks: new Map<string, number>() };
    const group = { by, first, startedAt: now, lastAt: now, count: 0, ...counts, addresses: new Set<string>() };
    this.#groups.add(group);
    this.#present.set(key, group);
    for (const what of numberedAs(group)) add(this.#numbers, what);
    return group;
  }

  #numberOf(what: string): number {
    return this.#numbers.get(what) ?? 0;
  }
}

/** What a group takes room of. */
function numberedAs({ by, first }: FailureGroup): string[] {
  return by === "address" ? [by, `address from ${networkOf(first.ipAddress)}`] : [by];
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
