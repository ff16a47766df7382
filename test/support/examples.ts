import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Handle } from "@nerve/database";
import * as nerve from "@nerve/database";
import { runQuietly } from "../../scripts/processes.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Code from a document. */
export interface Example {
  readonly code: string;
  /** What its `db` is: an open transaction does for a `Handle`. */
  readonly takes: "Handle" | "Database";
}

/** Modules made of code in documents, in a folder that the packages can be imported from. */
export interface Examples extends AsyncDisposable {
  /** Runs one. */
  run(name: string, db: Handle): Promise<void>;
  /** What the compiler finds wrong with any of them; nothing when all is well. */
  findTypeFaults(): Promise<string>;
}

/** Names that the code may use without importing them. */
const usual: readonly [from: string, names: readonly string[]][] = [
  ["@nerve/database", Object.keys(nerve)],
  ["node:crypto", ["randomBytes"]],
];

/**
 * Makes modules of code: each a function of an open `db`, with what it uses imported.
 *
 * @param given by a name for each
 */
export async function writeExamples(given: ReadonlyMap<string, Example>): Promise<Examples> {
  await mkdir(join(root, ".cache"), { recursive: true });
  const folder = await mkdtemp(join(root, ".cache", "examples-"));
  const options = { noUnusedLocals: false, noUnusedParameters: false, noEmit: true, types: ["node"] };
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions: options, include: ["*.ts"] }),
  );
  for (const [name, example] of given) await writeFile(join(folder, `${name}.ts`), toModule(example));
  return {
    async run(name, db) {
      const module = (await import(join(folder, `${name}.ts`))) as { example: (db: Handle) => Promise<void> };
      await module.example(db);
    },
    async findTypeFaults() {
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      const { code, output } = await runQuietly(process.execPath, [tsc, "--project", folder]);
      return code === 0 ? "" : output;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

const literal = String.raw`true|false|null|\d+|"[^"]*"|\[.*\]|\{.*\}`;
const claim = new RegExp(
  String.raw`^(?:const (?:(?<name>\w+)|\{ (?<field>\w+) \}) = )?(?<expression>.+); // (?<value>${literal})(?:[:;,] .*)?$`,
);

/** Holds a line to what it says of its value: `await countUsers(db); // 0`. What is printed is held to it elsewhere. */
function holdToClaim(line: string): string {
  const { name, field, expression, value } = claim.exec(line)?.groups ?? {};
  if (value === undefined || expression?.startsWith("console.") === true) return line;
  const declared = name ?? field;
  return declared === undefined ? `hold(${expression}, ${value});` : `${line}\nhold(${declared}, ${value});`;
}

const hold = `import { deepStrictEqual } from "node:assert";
function hold(actual: unknown, claimed: unknown) { deepStrictEqual(actual, claimed); }`;

function toModule({ code, takes }: Example): string {
  const imports = code.match(/^import .*$/gm) ?? [];
  const body = code.replaceAll(/^import .*\n?/gm, "");
  const declared = imports.join("\n");
  const added = usual.flatMap(([from, names]) => {
    const used = names.filter((name) => new RegExp(`(?<![.\\w$])${name}\\b`).test(body) && !declared.includes(name));
    return used.length === 0 ? [] : [`import { ${used.join(", ")} } from "${from}";`];
  });
  const type = `import type { ${takes} as Db } from "@nerve/database";`;
  const lines = body.split("\n").map(holdToClaim);
  return [type, hold, ...added, ...imports, `export async function example(db: Db) {`, ...lines, "}", ""].join("\n");
}
