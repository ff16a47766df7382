import type { Collector } from "../format/format.ts";
import type { HostRecord } from "../records/records.ts";
import { hostKey, isAddress } from "./host.ts";
import { once } from "./once.ts";

/** Hosts and the links between names, as tools of discovery list them: again and again, each is said once. */
export class Names {
  readonly #into: Collector;
  readonly #isNew = once();

  constructor(into: Collector) {
    this.#into = into;
  }

  host(
    name: string,
    line: number,
    more: Partial<Pick<HostRecord, "state" | "addresses" | "names" | "details">> = {},
  ): void {
    const { state = "unknown", addresses = isAddress(name) ? [name] : [], names = [] } = more;
    const key = [hostKey(name), state, ...addresses, ...names.map((one) => one.name)].join(" ");
    if (!this.#isNew(key)) return;
    this.#into.record({ kind: "host", host: name, names, addresses, state, details: more.details, line });
  }

  /** An address or another name that a name leads to; one that leads to itself is none. */
  link(from: string, to: string, line: number, type?: string): void {
    const target = hostKey(to);
    if (target === "" || target === hostKey(from)) return;
    const kind = type ?? (!isAddress(to) ? "cname" : target.includes(":") ? "aaaa" : "a");
    if (this.#isNew(`${kind} ${hostKey(from)} ${target}`))
      this.#into.record({ kind: "link", from, to, type: kind, line });
  }
}
