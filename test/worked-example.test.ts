import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { runQuietly } from "../scripts/processes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const guide = readFileSync(join(root, "docs", "ADDING.md"), "utf8");
/** What the example needs of the repository. */
const copied = [
  "packages/*/{src,test,schema,pages,bench,package.json}",
  "scripts",
  "test",
  "bench",
  "docs",
  "deploy",
  "*.{json,ts,md}",
  ".prettier*",
];

/** A step of the guide: a file that is written, lines that are added, or commands that are run. */
interface Step {
  readonly language: string;
  readonly text: string;
}

const steps: readonly Step[] = Array.from(
  guide.matchAll(/^```(\w+)\n(.*?)^```$/gms),
  ([, language = "", text = ""]) => ({
    language,
    text,
  }),
);

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "nerve-example-")));
  for (const path of globSync(copied, { cwd: root })) cpSync(join(root, path), join(folder, path), { recursive: true });
  linkModules();
  compileLess();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Gives the copy what is installed, with packages of NERVE that are its own. */
function linkModules(): void {
  const installed = join(root, "node_modules");
  mkdirSync(join(folder, "node_modules", "@nerve"), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== "@nerve") symlinkSync(join(installed, name), join(folder, "node_modules", name));
  }
  for (const name of readdirSync(join(folder, "packages"))) {
    symlinkSync(join(folder, "packages", name), join(folder, "node_modules", "@nerve", name));
  }
}

/** Leaves out of what `tsc` looks at the tests that the guide does not touch: most of its time goes there, and CI compiles them. */
function compileLess(): void {
  const file = join(folder, "tsconfig.json");
  const touched = steps.flatMap(({ text }) => /^# (packages\/\w+\/test\/\S+)/.exec(text)?.[1] ?? []);
  const config = JSON.parse(readFileSync(file, "utf8")) as { include: string[] };
  writeFileSync(file, JSON.stringify({ ...config, include: ["packages/*/src", ...touched] }));
}

/** The path in the first line of a block, and the rest. */
function split(text: string): { path: string; rest: string } {
  const [, path = "", rest = ""] = /^(?:\/\/|#) (\S+)\n(.*)$/s.exec(text) ?? [];
  return { path: join(folder, path), rest };
}

function writeNewFile(text: string): void {
  const { path, rest } = split(text);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rest, { flag: "wx" });
}

/** Adds the lines with a plus to a file, where the others stand once. */
function addLines(text: string): void {
  const { path, rest } = split(text);
  const lines = rest.replace(/\n$/, "").split("\n");
  const present = lines.filter((line) => !line.startsWith("+")).map((line) => `${line.slice(1)}\n`);
  const wanted = lines.map((line) => `${line.slice(1)}\n`);
  const before = readFileSync(path, "utf8");
  expect({ path, times: `\n${before}`.split(`\n${present.join("")}`).length - 1 }).toEqual({ path, times: 1 });
  writeFileSync(path, `\n${before}`.replace(`\n${present.join("")}`, () => `\n${wanted.join("")}`).slice(1));
}

async function runCommand(command: string): Promise<string> {
  const [program = "", name = "", ...words] = command.split(" ");
  const { serverUrl } = inject("postgres");
  const env = {
    ...process.env,
    NODE_OPTIONS: "",
    NERVE_TEST_POSTGRES_URL: serverUrl,
    NERVE_DATABASE_URL: `sqlite:${join(folder, "example.db")}`,
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  };
  const nerve = ["--conditions=@nerve/source", "packages/cli/src/main.ts"];
  const isNerve = program === "npx" && name === "nerve";
  const given: [string, string[]] = isNerve ? [process.execPath, [...nerve, ...words]] : [program, [name, ...words]];
  const { code, output } = await runQuietly(...given, { cwd: folder, env });
  if (code !== 0) throw new Error(`${command}: ${code}\n${output}`);
  return output;
}

describe("the worked example of ADDING.md", () => {
  test("can be followed as it stands there", { timeout: 420_000 }, async () => {
    const printed = new Map<string, string>();
    for (const { language, text } of steps) {
      if (language === "ts") writeNewFile(text);
      else if (language === "diff") addLines(text);
      else for (const command of text.trim().split("\n")) printed.set(command, await runCommand(command));
    }
    const outputs = [...printed];
    expect(outputs.at(-1)?.[1]).toMatch(/Maintenance/);
    // Filters that match nothing would pass as well.
    for (const [command, output] of outputs.filter(([typed]) => typed.includes("vitest"))) {
      expect({ command, passed: Number(/(\d+) passed, 0 failed/.exec(output)?.[1]) }).toEqual({
        command,
        passed: expect.toSatisfy((count: number) => count >= 10),
      });
    }
    expect(outputs.length).toBeGreaterThan(8);
    const faults = await runQuietly(
      process.execPath,
      [join(root, "node_modules", "prettier", "bin", "prettier.cjs"), "--check", "packages"],
      { cwd: folder },
    );
    expect(faults.output).toContain("All matched files use Prettier code style!");
  });
});
