import { expect, test } from "vitest";
import { packageSources } from "../../../../test/support/sources.ts";
import { tenancy } from "../../src/access/tenancy.ts";
import { meteredTables } from "../../src/quotas/metered-tables.ts";
import { toCamelCase } from "../../src/schema/kit/index.ts";
import { type KnownTable, tables } from "../../src/schema/tables.ts";

/** What works on the database as a whole, for whoever runs it, and what an application inserts in bulk by itself. */
const notOnRequest = /^packages\/database\/src\/(?:engines|migrations|operations|records)\//;
/** The functions that insert rows of the table that they are given. */
const inserting = new Set(["insert-row", "insert-many"].map((file) => `packages/database/src/rows/${file}.ts`));

const sources = packageSources().filter(({ file }) => !notOnRequest.test(file));

/** The tables that a source inserts into: those that its statements name, and those that it names where a variable does. */
function tablesFilledBy({ file, text }: { file: string; text: string }): KnownTable[] {
  const rows = Array.from(text.matchAll(/\binsert(?:Row|Many)\(\s*\w+,\s*(\w+)/g), ([, name = ""]) => {
    const table = tables.find((known) => toCamelCase(known.name) === name);
    if (table === undefined) throw new Error(`${file}: insertRow or insertMany into ${name}, which is no table`);
    return table;
  });
  const statements = Array.from(text.matchAll(/\.insertInto\(\s*([^)\s]+)\s*\)/g), ([, into = ""]) => {
    const named = tables.filter(({ name }) => (into.startsWith('"') ? into : text).includes(`"${name}"`));
    const isOfSystem = into.startsWith('"') && named.length === 0;
    if (named.length === 0 && !isOfSystem) throw new Error(`${file}: it cannot be told what ${into} is`);
    return named;
  });
  return [...rows, ...statements.flat()];
}

const filled = new Set(sources.filter(({ file }) => !inserting.has(file)).flatMap(tablesFilledBy));
const counted: ReadonlySet<string> = new Set(meteredTables);

test("every table that requests put rows of a company or a user into is counted by the quotas, or says what bounds it", () => {
  expect(filled.size).toBeGreaterThan(10);
  const owned = tables.filter((table) => filled.has(table) && tenancy[table.name] !== "global");
  const unbounded = owned.filter(({ name, bound }) => counted.has(name) === (bound !== undefined));
  expect(unbounded.map(({ name }) => name)).toEqual([]);
});

test("no table tells of a bound that no request puts rows into", () => {
  expect(tables.filter((table) => table.bound !== undefined && !filled.has(table)).map(({ name }) => name)).toEqual([]);
});

test("requests insert by statements, insertRow and insertMany alone", () => {
  const others = sources.filter(
    ({ file, text }) => !inserting.has(file) && /\bINSERT\s+INTO\b|\b(?:batchInsert|insertRows)\(/i.test(text),
  );
  expect(others.map(({ file }) => file)).toEqual([]);
});
