import type { Context } from "./context.ts";
import { printableText } from "./printable.ts";

const told = new WeakMap<Context, Set<string>>();

/** Warns whoever called the command, once of each thing, on standard error: what was asked for goes on. */
export function warn(context: Context, text: string): void {
  const before = told.get(context) ?? new Set();
  told.set(context, before);
  if (before.has(text)) return;
  before.add(text);
  context.stderr.write(printableText(`nerve: warning: ${text}\n`));
}
