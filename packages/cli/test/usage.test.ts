import { mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nerve } from "./support/nerve.ts";

let folder = "";
let url = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-usage-"));
  url = `sqlite:${join(folder, "ghost.db")}`;
  await nerve(["init", "--database", url]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every command there is, found by reading the help as a person would. */
async function findCommands(path: readonly string[] = []): Promise<string[][]> {
  const { stdout } = await nerve([...path, "--help"]);
  const list = stdout.split("\nCommands:\n")[1]?.split("\n\n")[0] ?? "";
  const names = Array.from(list.matchAll(/^ {2}([a-z-]+)/gm), ([, name = ""]) => name).filter(
    (name) => name !== "help",
  );
  const found = await Promise.all(names.map((name) => findCommands([...path, name])));
  return [[...path], ...found.flat()];
}

test("every command of every level has help", async () => {
  const commands = await findCommands();
  expect(commands).toContainEqual(["user", "end-sessions"]);
  expect(commands).toContainEqual(["migrate", "rollback"]);
  for (const path of commands) {
    const { code, stdout, stderr } = await nerve([...path, "--help"]);
    expect({ path, code, stderr }).toEqual({ path, code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^Usage: nerve ${path.join(" ")}`));
    expect(stdout).toMatch(/--database <url>/);
    expect(stdout).toMatch(/--json/);
  }
});

test("--version is the package's", async () => {
  expect(await nerve(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test.each([
  ["", "Which command?"],
  ["user", "Which command?"],
  ["usre", "unknown command 'usre'"],
  ["init --jsn", "(Did you mean --json?)"],
  ["init now", "too many arguments"],
  ["company create --name Example", "--domain"],
  ["company create --name Example --domain example.org --seats few", "It must be a whole number."],
  ["events --hours 0", "--hours must be at least 1"],
  ["company create --name Example --domain not_a_domain", "--domain is not"],
  ["user create --email ada@example.org --role root --password-stdin", "Allowed choices are super_admin"],
  ["user create --email ada@example.org --role user", "--password-stdin"],
  ["user create --email ada@example.org --role user --password-stdin --password secret", "unknown option '--password'"],
  ["user suspend", "missing required argument 'email'"],
  ["key revoke first", "It must be a whole number."],
  ["events --limit 5000", "--limit must be at most 1000"],
  ["events --type DROP;TABLE", "--type "],
  ["events --metadata key=1", "It must be JSON."],
  ["events --metadata [1]", "--metadata must be an object"],
  ["events --cursor nonsense", "--cursor is not a cursor of this list"],
  ["init --database mysql://localhost/x", "--database (NERVE_DATABASE_URL) must begin with"],
])("wrong usage ends with 2 and says what is wrong: %s", async (words, fault) => {
  const given = words === "" ? [] : words.split(" ");
  const { code, stdout, stderr } = await nerve(given.includes("--database") ? given : ["--database", url, ...given], {
    input: "moon river dance seven",
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`nerve: `);
  expect(stderr).toContain(fault);
  expect(stderr.trimEnd().split("\n").at(-1), "the next step").toMatch(/--help`\.$|Correct the fields/);
});

test("with --json, a failure is the one document, too", async () => {
  for (const [words, code, wanted] of [
    ["user list --role root", 2, { code: "USAGE", help: "See `nerve user list --help`." }],
    ["company create --name X --domain -", 2, { code: "INVALID_INPUT", issues: [{ field: "--domain" }] }],
    [
      "user unlock nobody@example.org",
      3,
      { code: "NOT_FOUND", message: expect.stringContaining("nobody@example.org") },
    ],
  ] as const) {
    const outcome = await nerve([...words.split(" "), "--json", "--database", url]);
    expect(outcome.code).toBe(code);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ error: wanted });
  }
});

test("the environment names the database unless the command line does", async () => {
  const environment = { NERVE_DATABASE_URL: url };
  expect(await nerve(["user", "list"], { environment })).toMatchObject({ code: 0, stdout: "None.\n" });
  const other = `sqlite:${join(folder, "other.db")}`;
  expect(await nerve(["user", "list", "--database", other], { environment })).toMatchObject({ code: 3, stdout: "" });
  expect(existsSync(join(folder, "other.db"))).toBe(false);
});

test("a setting that does not exist is refused with the nearest one", async () => {
  const { code, stderr } = await nerve(["init"], { environment: { NERVE_DATABASE: url } });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("did you mean NERVE_DATABASE_URL?") });
});

test("a server that cannot be reached is a failure, and its password is nowhere in it", async () => {
  const { code, stdout, stderr } = await nerve([
    "user",
    "list",
    "--json",
    "--database",
    "postgres://nerve:hunter2secret@127.0.0.1:1/x",
  ]);
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "CONNECTION_FAILED" } });
  expect(stdout + stderr).not.toContain("hunter2secret");
});

test("a password is not read from a terminal, which would show it", async () => {
  const words = ["user", "create", "--email", "ada@example.org", "--role", "user", "--password-stdin"];
  const { code, stderr } = await nerve([...words, "--database", url], { terminal: true });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("< password.txt") });
});
