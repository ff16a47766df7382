import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A source of the packages. */
export interface Source {
  /** Its path in the repository. */
  readonly file: string;
  /** Its text, without comments. */
  readonly text: string;
}

/** Every source of the packages, without tests. */
export function packageSources(): Source[] {
  return globSync("packages/*/src/**/*.ts", { cwd: repository })
    .toSorted()
    .map((file) => ({ file, text: withoutComments(readFileSync(join(repository, file), "utf8")) }));
}

/** Blanks comments out; line numbers stay. A `//` inside a string (of a URL) is none. */
export function withoutComments(source: string): string {
  return source
    .replaceAll(/\/\*[\s\S]*?\*\//g, (text) => text.replaceAll(/[^\n]/g, ""))
    .replaceAll(/(^|\s)\/\/.*$/gm, "");
}
