import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { nerve } from "../packages/cli/test/support/nerve.ts";
import { describeOnEachEngine } from "../packages/database/test/support/engines.ts";
import { type Examples, writeExamples } from "./support/examples.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const [quickStart = "", ...operations] = blocksOf("ts");

function blocksOf(language: string): string[] {
  return Array.from(readme.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gms))
    .filter(([, , found]) => found === language)
    .map(([, indent = "", , code = ""]) => code.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

/** What the code says that it prints, line by line: `console.log(…); // this`. */
function promisedBy(code: string): string[] {
  return Array.from(code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm), ([, promised = ""]) => promised);
}

/** Collects what is printed, in the form of the promises. */
function collectPrinted(): string[] {
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    printed.push(
      values.map((value) => (Array.isArray(value) ? `[ '${value.join("', '")}' ]` : String(value))).join(" "),
    );
  });
  return printed;
}

let folder = "";
let examples: Examples;
const outside = process.cwd();
beforeAll(async () => {
  examples = await writeExamples(
    new Map([
      // Its `db` is its own.
      ["quick-start", { code: `${importsOf(quickStart)}{\n${bodyOf(quickStart)}\n}`, takes: "Database" }],
      ["operations", { code: operations.join("\n"), takes: "Database" }],
    ]),
  );
  folder = await mkdtemp(join(tmpdir(), "nerve-readme-"));
  process.chdir(folder);
});
afterAll(async () => {
  process.chdir(outside);
  await rm(folder, { recursive: true, force: true });
  await examples[Symbol.asyncDispose]();
});

function importsOf(code: string): string {
  return code.match(/^import .*\n/gm)?.join("") ?? "";
}

function bodyOf(code: string): string {
  return code.replaceAll(/^import .*\n/gm, "");
}

test("the code of the README is right about every type", async () => {
  expect(operations).toHaveLength(5);
  expect(await examples.findTypeFaults()).toBe("");
}, 120_000);

describeOnEachEngine("The README", (context) => {
  test("its common operations run one after the other, and print what it says", async () => {
    const printed = collectPrinted();
    await examples.run("operations", context.db);
    expect(printed).toEqual(promisedBy(operations.join("\n")));
  });

  test("its quick start runs, and prints what it says", async () => {
    const printed = collectPrinted();
    await rm(join(folder, "data"), { recursive: true, force: true });
    await examples.run("quick-start", context.db);
    expect(printed).toEqual(promisedBy(quickStart));
    expect(existsSync(join(folder, "data", "example.db"))).toBe(true);
  });
});

describe("The commands of the README", () => {
  const commands = blocksOf("sh").flatMap((block) => block.split("\n").filter((line) => line.startsWith("npx nerve ")));

  test("can be typed as they stand there", async () => {
    expect(commands.length).toBeGreaterThan(4);
    await writeFile("password.txt", "moon river dance seven\n");
    await copyFile(join(root, "packages", "database", "test", "fixtures", "legacy", "ghost_small.db"), "ghost.db");
    await copyFile(join(root, "packages", "formats", "test", "samples", "nmap.xml"), "nmap.xml");
    expect((await nerve(["init"])).code).toBe(0);
    for (const command of commands) {
      const [words = "", file] = command.replace("npx nerve ", "").split(" < ");
      const input = file === undefined ? "" : readFileSync(file, "utf8");
      const { code, stderr } = await nerve(words.split(" "), { input });
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
    }
    expect(readFileSync("rejects.jsonl", "utf8")).toContain("refers to a row of users that does not exist");
    expect(existsSync(join("data", "moved.key"))).toBe(true);
  });
});

test("the README leads to files that are there, and names settings that exist", () => {
  const links = Array.from(readme.matchAll(/\]\(([^)]+)\)/g), ([, target = ""]) => target);
  expect(links.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  const settings = new Set(readme.match(/NERVE_[A-Z_]+/g));
  const documented = readFileSync(join(root, "docs", "SETTINGS.md"), "utf8");
  expect([...settings].filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
});
