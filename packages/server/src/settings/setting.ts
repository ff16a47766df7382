import type { Kind } from "./kinds.ts";

/** A setting: how it is called in the environment, what it may be, and what it is for. */
export interface SettingDefinition<Value = unknown> {
  readonly name: SettingName;
  readonly kind: Kind<unknown>;
  readonly default: Value;
  /** What it does, in a sentence or two. */
  readonly help: string;
  /** Whether its value must not be shown. */
  readonly secret: boolean;
}

/** A variable of NERVE's own, or one that systems agree on. */
type SettingName = `NERVE_${string}` | "PATH";

interface Options<Default> {
  default: Default;
  help: string;
  secret?: true;
}

/** Defines a setting. */
export function setting<Value, const Default extends Value | null>(
  name: SettingName,
  kind: Kind<Value>,
  options: Options<Default>,
): SettingDefinition<Value | Extract<Default, null>> {
  return { name, kind, default: options.default as Value, help: options.help, secret: options.secret ?? false };
}
