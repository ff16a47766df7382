// `npm run migration NAME`: writes what separates the migrations from the definitions as the next migration, and lists it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineName, openDatabase } from "@nerve/database";
import { systemTables, tables } from "../../packages/database/src/schema/tables.ts";
import { startPostgresServer } from "../../test/support/postgres-server.ts";
import { findSteps, type Steps } from "./schema-difference.ts";

const folder = fileURLToPath(new URL("../../packages/database/src/migrations/", import.meta.url));
const [name = ""] = process.argv.slice(2);
if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
  fail("Which name? In kebab-case, after what it adds: `npm run migration finding-notes`.");
}
const steps = { sqlite: await onSqlite(), postgres: await onPostgres() };
if (steps.sqlite.up.length === 0) fail("The migrations make what the definitions ask for already.");

const numbers = readdirSync(folder).flatMap((file) => /^(\d{4})-/.exec(file)?.[1] ?? []);
const version = String(Math.max(...numbers.map(Number)) + 1).padStart(4, "0");
const file = `${version}-${name}.ts`;
writeFileSync(join(folder, file), printMigration());
listMigration();
console.log(`${file} is written, and listed in index.ts. Say what it is for, and fill the new columns of old rows.`);

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

async function onSqlite(): Promise<Steps> {
  const place = mkdtempSync(join(tmpdir(), "nerve-migration-"));
  try {
    return await compare("sqlite", `sqlite:${join(place, "ghost.db")}`);
  } finally {
    rmSync(place, { recursive: true });
  }
}

async function onPostgres(): Promise<Steps> {
  await using server = await startPostgresServer();
  return await compare("postgres", server.url());
}

/** Compares the schema that the migrations make with the definitions. */
async function compare(engine: EngineName, url: string): Promise<Steps> {
  await using db = await openDatabase(url);
  const { upkeep } = db.connection;
  const present = await upkeep.examine((examiner) => examiner.readSchema());
  const all = [...systemTables, ...tables].map((table) =>
    findSteps(engine, table, {
      expected: upkeep.expectedTable(table),
      present: present.find((candidate) => candidate.name === table.name),
    }),
  );
  return { up: all.flatMap(({ up }) => up), down: all.toReversed().flatMap(({ down }) => down) };
}

/** Puts the migration at the end of the list. */
function listMigration(): void {
  const index = join(folder, "index.ts");
  const variable = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const importOfType = `import type { Migration } from "./migration.ts";\n`;
  const listed = readFileSync(index, "utf8")
    .replace(importOfType, `import { migration as ${variable} } from "./${file}";\n${importOfType}`)
    .replace(/\n\];\n$/, `\n  ${variable},\n];\n`);
  writeFileSync(index, listed);
}

function text(list: readonly string[]): string {
  return `\`\n${list.map((statement) => `${statement};\n`).join("")}\``;
}

function printMigration(): string {
  return [
    `import type { Migration } from "./migration.ts";`,
    "",
    "/** What it is for. */",
    "export const migration: Migration = {",
    `  version: "${version}",`,
    `  description: "${name.replaceAll("-", " ")}",`,
    `  up: {\n    sqlite: ${text(steps.sqlite.up)},\n    postgres: ${text(steps.postgres.up)},\n  },`,
    `  down: {\n    sqlite: ${text(steps.sqlite.down)},\n    postgres: ${text(steps.postgres.down)},\n  },`,
    "};",
    "",
  ].join("\n");
}
