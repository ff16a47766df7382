import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findCircles, readRooms } from "./support/rooms.ts";
import { withoutComments } from "./support/sources.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Lines of a package's sources that match, without comments, as `file:line: text`. */
function linesOf(packageName: string, pattern: RegExp, isExempt: (file: string) => boolean): string[] {
  const folder = join(root, "packages", packageName, "src");
  const files = globSync("**/*.ts", { cwd: folder }).filter((file) => !isExempt(file));
  expect(files).not.toEqual([]);
  return files.flatMap((file) =>
    withoutComments(readFileSync(join(folder, file), "utf8"))
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

/** Imports a package in a process of its own that may read files and nothing else; tells what is left running. */
function importAlone(name: string): { stdout: string; left: string[] } {
  const script = `
    // Looking at a standard stream opens it, and no more than that.
    const streams = [process.stdout, process.stderr];
    const before = process.getActiveResourcesInfo();
    await import(${JSON.stringify(name)});
    const stillThere = () => {
      const left = process.getActiveResourcesInfo();
      for (const kind of before) if (left.includes(kind)) left.splice(left.indexOf(kind), 1);
      return left;
    };
    // The module loader may still be closing the files that it read; what a package opened stays.
    for (let turn = 0; turn < 1000 && stillThere().length > 0; turn += 1) await new Promise(setImmediate);
    const left = stillThere();
    streams[0].write("\\n" + JSON.stringify(left));`;
  // Writing files, starting processes and starting workers throw under the permission model.
  const limits = ["--permission", "--allow-fs-read=*", "--allow-addons", "--disable-warning=SecurityWarning"];
  const options = [...limits, "--conditions=@nerve/source", "--input-type=module", "--eval", script];
  const output = execFileSync(process.execPath, options, { cwd: root, encoding: "utf8", env: {} });
  const end = output.lastIndexOf("\n");
  return { stdout: output.slice(0, end), left: JSON.parse(output.slice(end + 1)) as string[] };
}

test.each(["@nerve/formats", "@nerve/catalogues", "@nerve/database", "@nerve/server"])(
  "importing %s does nothing",
  (name) => {
    expect(importAlone(name)).toEqual({ stdout: "", left: [] });
  },
);

test("only engines and migrations speak a dialect of SQL", () => {
  const dialect = new RegExp(
    [
      String.raw`\bpragma\s+\w|\bvacuum into\b|\binsert or (ignore|replace)\b|\bautoincrement\b`,
      String.raw`\bsqlite_(master|schema|sequence|stat\d)|\b(strftime|julianday|json_extract|json_each|group_concat)\s*\(`,
      String.raw`::(json|text|int|bigint|timestamp|reg|uuid|bool)\w*|\bpg_(catalog|class|stat|index|database|advisory|try|get|total|relation)\w*`,
      String.raw`\b(jsonb_\w+|to_tsvector|nextval|date_trunc|string_agg)\s*\(|\bilike\b|\bplpgsql\b|\bskip locked\b`,
    ].join("|"),
    "i",
  );
  expect(dialect.test("where data::jsonb @> $1")).toBe(true);
  expect(linesOf("database", dialect, (file) => /^(engines|migrations)\//.test(file))).toEqual([]);
  expect(linesOf("server", dialect, () => false)).toEqual([]);
  expect(linesOf("cli", dialect, () => false)).toEqual([]);
});

test("a SQLite database is opened where it must be there, except by the lock file and those who read others' files", () => {
  const places = /^engines\/sqlite\/(connect\/(open-existing|file-lock)|moving\/(source|foreign-file))\.ts$/;
  expect(linesOf("database", /new DatabaseSync\(/, (file) => places.test(file))).toEqual([]);
});

test("what a function does is recorded by itself, and not by the route or the command that calls it", () => {
  for (const name of ["server", "cli"]) expect(linesOf(name, /\blogAudit\b/, () => false)).toEqual([]);
});

test("only the clock asks the system for the time", () => {
  expect(linesOf("database", /new Date\(\s*\)|\bDate\(\)/, (file) => file === "database/clock.ts")).toEqual([]);
  for (const name of ["formats", "catalogues"])
    expect(linesOf(name, /new Date\(\s*\)|\bDate\(\)/, () => false)).toEqual([]);
});

test("the rooms of the database package import each other without a circle, types included", () => {
  const rooms = readRooms(join(root, "packages", "database", "src"));
  expect(rooms.get("opening")?.has("engines")).toBe(true);
  expect(findCircles(rooms)).toEqual([]);
});

test("so do those of the formats, where only the registry knows them all", () => {
  const rooms = readRooms(join(root, "packages", "formats", "src"));
  expect(findCircles(rooms)).toEqual([]);
  const shared = new Set(["csv", "errors", "format", "head", "identity", "json", "limits", "lines"]);
  for (const room of ["reading", "records", "severity", "source", "xml", "packages", "secrets"]) shared.add(room);
  const knowing = [...rooms].filter(
    ([room, others]) => shared.has(room) && [...others.keys()].some((one) => !shared.has(one)),
  );
  expect(knowing.map(([room, others]) => [room, [...others.keys()].filter((one) => !shared.has(one))])).toEqual([
    ["reading", ["registry"]],
  ]);
});

test("so do those of the catalogues", () => {
  const rooms = readRooms(join(root, "packages", "catalogues", "src"));
  expect([...rooms.keys()]).toEqual(expect.arrayContaining(["classification", "exposure"]));
  expect(findCircles(rooms)).toEqual([]);
});

test("a circle of rooms is found", () => {
  const rooms = new Map([
    ["engines", new Map([["schema", "engines/a.ts imports ../schema/b.ts"]])],
    ["schema", new Map([["values", "schema/b.ts imports ../values/c.ts"]])],
    ["values", new Map([["engines", "values/c.ts imports ../engines/a.ts"]])],
  ]);
  expect(findCircles(rooms)).toEqual([
    [
      "engines/a.ts imports ../schema/b.ts",
      "schema/b.ts imports ../values/c.ts",
      "values/c.ts imports ../engines/a.ts",
    ],
  ]);
});

test("only one file tells engines by their URLs", () => {
  const isExempt = (file: string) => file === "engines/open.ts" || /^engines\/\w+\/connect\/location\.ts$/.test(file);
  expect(linesOf("database", /sqlite:["`']|postgres\(\?:ql\)/, isExempt)).toEqual([]);
});

test("no statement selects every column of a table: hidden ones leave only by their names", () => {
  expect(/\bselectAll\b/.test("sql.selectFrom(name).selectAll()")).toBe(true);
  expect(linesOf("database", /\b(selectAll|returningAll)\b/, () => false)).toEqual([]);
});

test("the fields of inputs know no table, so that the definitions of tables can be made of them", () => {
  const otherRoom = /from "(?:\.\.\/)+(?!errors\/|loading\/|threads\/)[\w-]+\//;
  expect(linesOf("database", otherRoom, (file) => !file.startsWith("validation/"))).toEqual([]);
});
