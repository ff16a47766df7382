import { firstText, isObject, type JsonObject, objectOf, objectsOf, textOf } from "../json/values.ts";
import type { Rule } from "../records/records.ts";
import { ruleOf } from "./rules.ts";

/** A driver or an extension, with its rules. */
export interface Component {
  readonly name: string;
  readonly guid: string;
  readonly rules: readonly JsonObject[];
  readonly byId: ReadonlyMap<string, JsonObject>;
  readonly messages: JsonObject;
}

const noComponent: Component = { name: "", guid: "", rules: [], byId: new Map(), messages: {} };

/** What the results of a run refer to; some tools write it behind them. */
export class Run {
  driver: Component = noComponent;
  readonly extensions: Component[] = [];
  /** By their numbers. */
  readonly artifacts: string[] = [];
  bases: JsonObject = {};
  workingDirectory = "";
  repository = "";
  hasTool = false;
  /** What results referred to before it was there. */
  readonly missed = new Set<"tool" | "artifacts" | "bases" | "overrides">();
  /** What each invocation changed about rules: references to them, with levels. */
  readonly overrides: (readonly JsonObject[])[] = [];
  readonly #levels = new Map<number, ReadonlyMap<JsonObject | string, string>>();
  readonly #rules = new Map<JsonObject | string, Rule>();

  setDriver(value: unknown): void {
    if (isObject(value)) this.driver = componentOf(value);
    this.hasTool = true;
  }

  addExtension(value: unknown): void {
    this.extensions.push(isObject(value) ? componentOf(value) : noComponent);
  }

  /** The descriptor of a result's rule: by the component and number that it gives, else by its id. */
  descriptorOf(result: JsonObject): JsonObject | undefined {
    const reference = objectOf(result, "rule");
    const id = firstText(textOf(result, "ruleId"), textOf(reference, "id"));
    const index = indexOf(result, "ruleIndex") ?? indexOf(reference, "index");
    const component = this.#componentOf(objectOf(reference, "toolComponent"));
    const byIndex = index === undefined ? undefined : component.rules[index];
    if (byIndex !== undefined && (id === "" || isOf(id, textOf(byIndex, "id")))) return byIndex;
    if (id === "") return undefined;
    return this.#byId(id, component) ?? this.#byId(id.replace(/\/[^/]*$/, ""), component);
  }

  #byId(id: string, component: Component): JsonObject | undefined {
    for (const one of [component, this.driver, ...this.extensions]) {
      const found = one.byId.get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #componentOf(reference: JsonObject): Component {
    const index = indexOf(reference, "index");
    const byIndex = index === undefined ? undefined : this.extensions[index];
    if (byIndex !== undefined) return byIndex;
    const [name, guid] = [textOf(reference, "name"), textOf(reference, "guid")];
    const named = this.extensions.find(
      (one) => (guid !== "" && one.guid === guid) || (name !== "" && one.name === name),
    );
    return named ?? this.driver;
  }

  /** The level that a result's invocation gave to its rule, or empty; a result that names none is of the only one. */
  overriddenLevel(result: JsonObject, rule: JsonObject | string): string {
    if (this.overrides.length === 0) this.missed.add("overrides");
    const only = this.overrides.length === 1 ? 0 : undefined;
    const invocation = indexOf(objectOf(result, "provenance"), "invocationIndex") ?? only;
    // Without a tool, references lead nowhere.
    if (invocation === undefined || !this.hasTool) return "";
    let levels = this.#levels.get(invocation);
    if (levels === undefined) {
      levels = this.#levelsOf(this.overrides[invocation] ?? []);
      this.#levels.set(invocation, levels);
    }
    return levels.get(rule) ?? "";
  }

  #levelsOf(overrides: readonly JsonObject[]): Map<JsonObject | string, string> {
    const levels = new Map<JsonObject | string, string>();
    for (const override of overrides) {
      const reference = objectOf(override, "descriptor");
      const level = textOf(objectOf(override, "configuration"), "level");
      if (level !== "") levels.set(this.descriptorOf({ rule: reference }) ?? textOf(reference, "id"), level);
    }
    return levels;
  }

  /** The rule of a descriptor, made once. */
  ruleOf(key: string, descriptor: JsonObject | undefined): Rule {
    const known = this.#rules.get(descriptor ?? key);
    // An id may have parts that its descriptor has not.
    if (known?.key === key) return known;
    const rule = ruleOf(key, descriptor ?? {}, this.driver.name);
    this.#rules.set(descriptor ?? key, rule);
    return rule;
  }
}

/** A hierarchical id (`CA2101/A`) is of the rule that its beginning names. */
function isOf(id: string, rule: string): boolean {
  return id === rule || id.startsWith(`${rule}/`);
}

/** A number of a list; -1 is none. */
export function indexOf(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function componentOf(value: JsonObject): Component {
  const rules = objectsOf(value, "rules");
  return {
    name: textOf(value, "name"),
    guid: textOf(value, "guid"),
    rules,
    byId: new Map(rules.map((rule) => [textOf(rule, "id"), rule])),
    messages: objectOf(value, "globalMessageStrings"),
  };
}
