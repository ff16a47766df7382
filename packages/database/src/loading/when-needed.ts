import { createRequire } from "node:module";

const require = createRequire(import.meta.url) as (name: string) => unknown;

/**
 * Loads a package when a function first needs it, for functions that cannot wait for `import()`: whoever imports this
 * package pays for what is used alone.
 *
 * @param load loads it by the function that it is given
 * @returns a function that gives the package, loaded once
 */
export function whenNeeded<T>(load: (require: (name: string) => unknown) => T): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= load(require));
}
