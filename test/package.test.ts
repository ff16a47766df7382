import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tables } from "@nerve/database";
import { runQuietly } from "../scripts/processes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
const quickStart = /```ts\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8"))?.[1] ?? "";

let folder = "";
interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: { path: string; mode: number }[];
}
let packed: Packed;

/** Runs a program to its end; it has to succeed. */
async function run(program: string, words: readonly string[], cwd = folder): Promise<string> {
  const { code, output } = await runQuietly(program, words, { cwd });
  expect({ program, words, code, output }).toMatchObject({ code: 0 });
  return output;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-package-"));
  await run(process.execPath, [tsc, "-b", "packages/cli/tsconfig.build.json"], root);
  const names = ["@nerve/database", "@nerve/formats", "@nerve/catalogues"];
  const words = ["pack", ...names.flatMap((name) => ["-w", name]), "--pack-destination", folder, "--json"];
  const all = JSON.parse(await run("npm", [...words, "--loglevel=silent"], root)) as Packed[];
  packed = all.find(({ name }) => name === "@nerve/database") as Packed;
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  const quiet = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", ...quiet, ...all.map(({ filename }) => `./${filename}`)]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the package holds what runs, its types and its licence, and neither sources nor tests", () => {
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(["package.json", "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts"]),
  );
  const others = paths.filter(
    (path) => !/^(?:package\.json|README\.md|LICENSE|dist\/[\w./-]+\.(?:js|d\.ts))$/.test(path),
  );
  expect(others).toEqual([]);
  expect(paths.filter((path) => /(?:^|\/)(?:test|bench)\/|\.test\./.test(path))).toEqual([]);
});

test("its licence is the project's", async () => {
  const own = await readFile(join(folder, "node_modules", "@nerve", "database", "LICENSE"), "utf8");
  expect(own).toBe(await readFile(join(root, "LICENSE"), "utf8"));
});

test("the quick start of the README runs with it, in a project that has nothing else", async () => {
  await writeFile(join(folder, "quick-start.mjs"), quickStart);
  expect(await run(process.execPath, ["quick-start.mjs"])).toBe("signed-in\n");
});

test("the quick start of its own README runs, too", async () => {
  const readme = await readFile(join(folder, "node_modules", "@nerve", "database", "README.md"), "utf8");
  await rm(join(folder, "data"), { recursive: true, force: true });
  await writeFile(join(folder, "own-quick-start.mjs"), /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "");
  expect(await run(process.execPath, ["own-quick-start.mjs"])).toBe("signed-in\n");
});

test("each of its subpaths can be imported, and holds what the whole holds beside its own", async () => {
  const own = await readFile(join(folder, "node_modules", "@nerve", "database", "package.json"), "utf8");
  const subpaths = Object.keys((JSON.parse(own) as { exports: object }).exports);
  expect(subpaths).toEqual(expect.arrayContaining([".", "./query", "./schema", "./identity", "./upkeep"]));
  const specifiers = subpaths.map((subpath) => `@nerve/database${subpath.slice(1)}`);
  await writeFile(
    join(folder, "subpaths.mjs"),
    `import * as all from "@nerve/database";
    const beside = ["@nerve/database/query", "@nerve/database/schema"];
    for (const name of ${JSON.stringify(specifiers)}) {
      const room = await import(name);
      const names = Object.keys(room);
      if (names.length === 0) throw new Error(name + " is empty");
      const other = names.filter((one) => !beside.includes(name) && room[one] !== all[one]);
      if (other.length > 0) throw new Error(name + " has other exports: " + other);
    }`,
  );
  await run(process.execPath, ["subpaths.mjs"]);
});

test("an application's own tables and queries run with it, and type check without the types of Node", async () => {
  const readme = await readFile(join(folder, "node_modules", "@nerve", "database", "README.md"), "utf8");
  const [, ownTables = ""] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  await writeFile(join(folder, "own-tables.ts"), ownTables);
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const target = ["--module", "nodenext", "--target", "es2024", "--skipLibCheck", "false", "--types", ""];
  await run(process.execPath, [tsc, ...options, ...target, "own-tables.ts"]);
  await rm(join(folder, "data"), { recursive: true, force: true });
  expect(await run(process.execPath, ["--disable-warning=ExperimentalWarning", "own-tables.ts"])).toBe("red true\n");
}, 120_000);

test("its types resolve, strictly and without looking away from libraries", async () => {
  // The one thing that a TypeScript project on Node has anyway.
  await mkdir(join(folder, "node_modules", "@types"), { recursive: true });
  await symlink(join(root, "node_modules", "@types", "node"), join(folder, "node_modules", "@types", "node"));
  await writeFile(join(folder, "right.ts"), quickStart);
  await writeFile(
    join(folder, "wrong.ts"),
    `import { createUser, type Database, type User } from "@nerve/database";
    export const make = (db: Database): Promise<User> => createUser(db, { email: "", password: "", role: "queen" });`,
  );
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--types", "node"];
  const { output } = await runQuietly(process.execPath, [tsc, ...options, "right.ts", "wrong.ts"], { cwd: folder });
  expect(output.trim().split("\n")).toEqual([expect.stringMatching(/^wrong\.ts\(2,.*'"queen"' is not assignable/)]);
}, 120_000);

test("the built command runs from its file", async () => {
  const nerve = join(root, "packages", "cli", "bin", "nerve.mjs");
  const output = await run(process.execPath, [nerve, "init", "--json", "--database", "sqlite:built.db"]);
  expect(JSON.parse(output)).toMatchObject({ engine: "sqlite", tables: tables.length });
});
