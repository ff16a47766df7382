import type { Rule } from "./records.ts";

/** The rules of a report, each made once, so that its records share it. */
export class RuleCache {
  readonly #rules = new Map<string, Rule>();

  of(key: string, make: () => Rule): Rule {
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    const rule = make();
    this.#rules.set(key, rule);
    return rule;
  }
}
