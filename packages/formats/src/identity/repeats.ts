import type { FindingRecord } from "../records/records.ts";
import type { Repeated } from "../records/report-survey.ts";
import { findingKey, placesKey } from "./finding-key.ts";
import { HashTable } from "./hash-table.ts";

/** Finds among positional findings those that agree in rule, asset and context, and those that came before. */
export class Repeats {
  /** Of each identity, the number of its first record. */
  readonly #firsts = new HashTable();
  readonly #seen = new HashTable();
  readonly #lines = new Map<number, number>();
  readonly #groups = new Map<number, { indexes: number[]; lines: number[] }>();
  readonly occurrences = new Map<number, number>();
  readonly again = new Set<number>();

  add(record: FindingRecord, index: number): void {
    const key = findingKey(record);
    const line = record.locations[0]?.startLine ?? record.line ?? 0;
    const same = this.#seen.put(`${key}\u0002${placesKey(record)}`, index);
    if (same !== index) {
      this.again.add(index);
      this.occurrences.set(same, (this.occurrences.get(same) ?? 1) + 1);
      return;
    }
    const first = this.#firsts.put(key, index);
    if (first === index) {
      this.#lines.set(index, line);
      return;
    }
    let group = this.#groups.get(first);
    if (group === undefined) {
      group = { indexes: [first], lines: [this.#lines.get(first) ?? 0] };
      this.#groups.set(first, group);
    }
    group.indexes.push(index);
    group.lines.push(line);
  }

  get groups(): Repeated[] {
    return [...this.#groups.values()];
  }
}
