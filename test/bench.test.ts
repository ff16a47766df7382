import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { help, readOptions, UsageError } from "../bench/options.ts";
import { explainMissing, outcomeOf } from "../packages/database/bench/compare.ts";
import { formatTable } from "../packages/database/bench/report.ts";

const run = promisify(execFile);
const script = join(import.meta.dirname, "../bench/run.ts");

test("the bench measures everything on all engines unless told", () => {
  expect(readOptions([])).toMatchObject({ engine: ["sqlite", "postgres", "none"], only: undefined, quick: false });
  expect(readOptions(["--engine", "sqlite", "--only", "HTTP"])).toMatchObject({ engine: ["sqlite"], only: "HTTP" });
});

test("its help names each option", () => {
  expect(readOptions(["--help"]).help).toBe(true);
  for (const name of Object.keys(readOptions([]))) expect(help).toContain(`--${name} `);
});

test.each([
  [["--unknown-option"], "Unknown option '--unknown-option'."],
  [["--only"], "Option '--only <value>' argument missing."],
  [["--engine", "oracle"], "--engine oracle is none of sqlite, postgres, none."],
  [["HTTP"], "Unexpected argument 'HTTP'."],
])("it refuses %j in a line", (args, message) => {
  expect(() => readOptions(args)).toThrow(new UsageError(message));
});

test("it ends with code 2 and one line where an option is wrong, and prints its help", async () => {
  const wrong = run(process.execPath, [script, "--unknown-option"]);
  await expect(wrong).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: "Unknown option '--unknown-option'. `npm run bench -- --help` tells what there is.\n",
  });
  expect((await run(process.execPath, [script, "--help"])).stdout).toBe(`${help}\n`);
});

test("what the other side is missing for stands in the table; any other failure ends the bench", async () => {
  const comparison = { operation: "copy", engine: "postgres", against: "pgloader", atLeast: 2.5, batch: 1 } as const;
  const explain = explainMissing("pgloader");
  const sides = (error: Error) => ({ ...comparison, ours: () => undefined, other: () => explain(error) });
  const turns = { rounds: 1, warmUps: 0 };
  const missing = Object.assign(new Error("spawn pgloader ENOENT"), { code: "ENOENT" });
  expect(formatTable([await outcomeOf(sides(missing), turns)])).toContain("pgloader is not installed.");
  await expect(outcomeOf(sides(new Error("out of memory")), turns)).rejects.toThrow("out of memory");
});
