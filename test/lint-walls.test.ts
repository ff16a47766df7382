import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const manyLines = (count: number) => "use(1);\n".repeat(count);

/** What breaks a rule: where, what, and the rule that must say so. */
const offences: [file: string, code: string, rule: string][] = [
  ["formats/src/a.ts", `import { readFile } from "node:fs/promises"; use(readFile);`, "no-restricted-imports"],
  ["formats/src/b.ts", `import { get } from "node:https"; use(get);`, "no-restricted-imports"],
  ["formats/src/c.ts", `import { openDatabase } from "@nerve/database"; use(openDatabase);`, "no-restricted-imports"],
  ["formats/src/d.ts", `use(process.env);`, "no-restricted-globals"],
  ["formats/src/e.ts", `use(Date.now());`, "no-restricted-properties"],
  ["formats/src/f.ts", `import { findingKinds } from "@nerve/catalogues"; use(findingKinds);`, "no-restricted-imports"],
  ["catalogues/src/a.ts", `import { readFile } from "node:fs/promises"; use(readFile);`, "no-restricted-imports"],
  ["catalogues/src/b.ts", `import { formats } from "@nerve/formats"; use(formats);`, "no-restricted-imports"],
  [
    "catalogues/src/c.ts",
    `import { formats } from "../../formats/src/index.ts"; use(formats);`,
    "no-restricted-imports",
  ],
  ["catalogues/src/d.ts", `use(process.env);`, "no-restricted-globals"],
  ["catalogues/src/e.ts", `use(Date.now());`, "no-restricted-properties"],
  [
    "database/src/n3.ts",
    `import { findingKinds } from "../../catalogues/src/index.ts"; use(findingKinds);`,
    "no-restricted-imports",
  ],
  [
    "database/src/n2.ts",
    `import { formats } from "../../formats/src/index.ts"; use(formats);`,
    "no-restricted-imports",
  ],
  [
    "database/src/identity/a.ts",
    `import { DatabaseSync } from "node:sqlite"; use(DatabaseSync);`,
    "no-restricted-imports",
  ],
  ["database/src/identity/b.ts", `import pg from "pg"; use(pg);`, "no-restricted-imports"],
  ["database/src/identity/c.ts", `import { from } from "pg-copy-streams"; use(from);`, "no-restricted-imports"],
  ["database/src/identity/d.ts", `export const load = () => import("pg");`, "no-restricted-imports"],
  ["database/src/e.ts", `import { get } from "node:http"; use(get);`, "no-restricted-imports"],
  ["database/src/f.ts", `import { get } from "https"; use(get);`, "no-restricted-imports"],
  ["database/src/g.ts", `import { fastify } from "fastify"; use(fastify);`, "no-restricted-imports"],
  [
    "database/src/h.ts",
    `import type { Server } from "@nerve/server"; export type S = Server;`,
    "no-restricted-imports",
  ],
  ["database/src/i.ts", `import { Command } from "commander"; use(Command);`, "no-restricted-imports"],
  ["database/src/j.ts", `import { env } from "node:process"; use(env);`, "no-restricted-imports"],
  ["database/src/k.ts", `use(process.env);`, "no-restricted-globals"],
  ["database/src/l.ts", `console.log(1);`, "no-console"],
  ["database/src/m.ts", `use(Date.now());`, "no-restricted-properties"],
  ["database/src/n.ts", `use(Math.random());`, "no-restricted-properties"],
  ["database/src/engines/sqlite/a.ts", `import { get } from "node:http"; use(get);`, "no-restricted-imports"],
  ["database/src/engines/sqlite/b.ts", `import { serve } from "@nerve/server"; use(serve);`, "no-restricted-imports"],
  ["database/src/engines/sqlite/c.ts", `use(process.env);`, "no-restricted-globals"],
  ["server/src/a.ts", `import { sql } from "kysely"; use(sql);`, "no-restricted-imports"],
  ["server/src/b.ts", `import { run } from "@nerve/cli"; use(run);`, "no-restricted-imports"],
  [
    "server/src/c.ts",
    `import { users } from "@nerve/database/src/schema/core.ts"; use(users);`,
    "no-restricted-imports",
  ],
  [
    "server/src/d.ts",
    `import { users } from "../../database/src/schema/core.ts"; use(users);`,
    "no-restricted-imports",
  ],
  ["server/src/i.ts", `import { fetchAll } from "@nerve/database/query"; use(fetchAll);`, "no-restricted-imports"],
  ["cli/src/g.ts", `import { f } from "@nerve/server/dist/index.js"; use(f);`, "no-restricted-imports"],
  ["cli/src/h.ts", `import { f } from "@nerve/database/schema"; use(f);`, "no-restricted-imports"],
  ["server/src/e.ts", `use(process.env["HOME"]);`, "no-restricted-properties"],
  ["server/src/f.ts", `process.exit(1);`, "no-restricted-properties"],
  ["server/src/g.ts", `console.error(1);`, "no-console"],
  ["server/src/h.ts", `use(Math.random());`, "no-restricted-properties"],
  ["server/src/settings/a.ts", `use(process.argv);`, "no-restricted-properties"],
  ["cli/src/a.ts", `import { DatabaseSync } from "node:sqlite"; use(DatabaseSync);`, "no-restricted-imports"],
  ["cli/src/b.ts", `import { fastify } from "fastify"; use(fastify);`, "no-restricted-imports"],
  ["cli/src/c.ts", `use(Math.random());`, "no-restricted-properties"],
  ["cli/src/d.ts", `export default 1;`, "no-default-export"],
  ["cli/src/e.ts", `import { f } from "./f.ts"; export const e = () => f;`, "no-cycle"],
  ["cli/src/f.ts", `import { e } from "./e.ts"; export const f = () => e;`, "no-cycle"],
  ["cli/src/long-file.ts", manyLines(301), "max-lines"],
  ["cli/src/long-function.ts", `export function long() {\n${manyLines(61)}}`, "max-lines-per-function"],
  [
    "cli/src/many.ts",
    `export const many = (...[]: []) => (a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) => [a, b, c, d, e, f];`,
    "max-params",
  ],
  ["cli/src/any.ts", `export const value: any = 1;`, "no-explicit-any"],
  ["cli/src/floating.ts", `export const begin = () => { Promise.resolve(1); };`, "no-floating-promises"],
  ["cli/src/empty.ts", `export const has = (name: string) => (name ? 1 : 0);`, "strict-boolean-expressions"],
];

/** What stands beside a wall, on the side where it may. */
const allowed: [file: string, code: string][] = [
  ["formats/src/read.ts", `import { createHash } from "node:crypto"; use(createHash);`],
  ["database/src/surface/read.ts", `import { surveyReport } from "@nerve/formats"; use(surveyReport);`],
  ["database/src/surface/classify.ts", `import { classifyRule } from "@nerve/catalogues"; use(classifyRule);`],
  ["database/src/engines/sqlite/open.ts", `import { DatabaseSync } from "node:sqlite"; use(DatabaseSync);`],
  ["database/src/engines/postgres/pool.ts", `import pg from "pg"; use(pg);`],
  ["database/src/database/clock.ts", `export const now = () => Date.now();`],
  ["database/test/engine.test.ts", `import pg from "pg"; use(pg); use(process.env);`],
  ["server/src/settings/read.ts", `export const read = () => process.env;`],
  ["server/src/route.ts", `import { fastify } from "fastify"; use(fastify);`],
  ["server/src/room.ts", `import { signIn } from "@nerve/database/identity"; use(signIn);`],
  ["cli/src/settings.ts", `import { parseSettings } from "@nerve/server/settings"; use(parseSettings);`],
  ["cli/src/print.ts", `console.log(process.argv); process.exitCode = 1;`],
  ["cli/src/full-file.ts", manyLines(299)],
];

const declaration = "declare const use: (value: unknown) => void;\n";
let folder = "";
const found = new Map<string, string[]>();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nerve-lint-"));
  for (const file of [".oxlintrc.json", "tsconfig.json", "tsconfig.base.json"])
    cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const [file, code] of [...offences, ...allowed]) {
    const path = join(folder, "packages", file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code.includes("use(") ? `${declaration}${code}\n` : `${code}\n`);
  }
  for (const { filename, code } of lint()) {
    const file = filename.slice(filename.indexOf("packages/") + "packages/".length);
    found.set(file, [...(found.get(file) ?? []), code]);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Lints the whole folder at once; the linter ends with an error, for that is what it is shown. */
function lint(): { filename: string; code: string }[] {
  const options = [join(root, "node_modules/oxlint/bin/oxlint"), "--format=json", "packages"];
  try {
    execFileSync(process.execPath, options, { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 25 });
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return (JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] }).diagnostics;
  }
  return [];
}

test.each(offences)("lint refuses what packages/%s does", (file, _code, rule) => {
  expect(found.get(file) ?? []).toContainEqual(expect.stringContaining(`(${rule})`));
});

test.each(allowed)("lint lets packages/%s be", (file) => {
  expect(found.get(file) ?? []).toEqual([]);
});
