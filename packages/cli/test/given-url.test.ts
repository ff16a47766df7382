import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nerve } from "./support/nerve.ts";

let folder = "";
let url = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-urls-"));
  url = `sqlite:${join(folder, "ghost.db")}`;
  await nerve(["init", "--database", url]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(content: string): Promise<string> {
  const file = join(folder, `url-${randomUUID()}`);
  await writeFile(file, content);
  return file;
}

describe("the URL of a database", () => {
  test.each([
    ["with a line end", "\n"],
    ["with Windows' line end", "\r\n"],
    ["without", ""],
  ])("comes from a file %s", async (_, end) => {
    const file = await fileOf(`${url}${end}`);
    expect(await nerve(["stats", "--database-file", file])).toMatchObject({ code: 0, stderr: "" });
  });

  test("of a copy comes from files", async () => {
    const target = join(folder, "copied.db");
    const [from, to] = await Promise.all([fileOf(url), fileOf(`sqlite:${target}`)]);
    expect(await nerve(["copy", "--from-file", from, "--to-file", to])).toMatchObject({ code: 0, stderr: "" });
    expect(await nerve(["stats", "--database", `sqlite:${target}`])).toMatchObject({ code: 0 });
  });

  test.each([
    ["", "is empty"],
    ["\n", "is empty"],
    ["sqlite:a.db\nsqlite:b.db\n", "has several lines"],
  ])("is one line: %j is refused, and the file named", async (content, fault) => {
    const file = await fileOf(content);
    const { code, stderr } = await nerve(["stats", "--database-file", file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--database-file ${file} ${fault}`);
  });

  test.each([
    [["stats", "--database", "sqlite:a.db", "--database-file", "b"], "--database and --database-file exclude"],
    [["copy", "--from", "sqlite:a.db", "--from-file", "b", "--to", "sqlite:c.db"], "--from and --from-file exclude"],
    [["copy", "--from", "sqlite:a.db"], "--to or --to-file is missing"],
    [["copy", "--to", "sqlite:a.db"], "--from or --from-file is missing"],
  ])("is given once, and where it is needed: %j", async (words, fault) => {
    expect(await nerve(words)).toMatchObject({ code: 2, stderr: expect.stringContaining(fault) });
  });
});

describe("a password on the command line", () => {
  const withPassword = "postgres://nerve:hunter2@127.0.0.1:1/nerve";

  test.each([
    [["stats", "--database", withPassword], "NERVE_DATABASE_URL or --database-file"],
    [["stats", "--database", "postgres://127.0.0.1:1/nerve?user=nerve&password=hunter2"], "--database-file"],
    [["copy", "--from", withPassword, "--to", "sqlite:x.db"], "--from-file"],
    [["copy", "--from", "sqlite:/nowhere/x.db", "--to", withPassword], "--to-file"],
  ])("is warned of, and not repeated: %j", async (words, remedy) => {
    const { stderr, stdout } = await nerve([...words, "--json"]);
    expect(stderr).toMatch(/warning: Every account of this machine can see the password in --\w+\./);
    expect(stderr).toContain(remedy);
    expect(stderr + stdout).not.toContain("hunter2");
  });

  test("from a file or the environment is not", async () => {
    const file = await fileOf(withPassword);
    const outcomes = [
      await nerve(["stats", "--database-file", file]),
      await nerve(["stats"], { environment: { NERVE_DATABASE_URL: withPassword } }),
      await nerve(["stats", "--database", "postgres://nerve@127.0.0.1:1/nerve"]),
    ];
    for (const { stderr } of outcomes) expect(stderr).not.toContain("warning");
  });
});

describe("variables that others wrote", () => {
  test("are warned of once, and the command goes on", async () => {
    const environment = { NERVE_PORT: "tcp://192.0.2.7:8000", NERVE_SERVICE_HOST: "192.0.2.7", NERVE_VERSION: "0.1.0" };
    const { code, stderr } = await nerve(["maintenance", "run", "daily", "--dry-run", "--database", url], {
      environment,
    });
    expect(code).toBe(0);
    expect(stderr.match(/warning/g)).toHaveLength(1);
    expect(stderr).toContain("`enableServiceLinks: false`");
  });

  test("a setting that an option gave is named by both", async () => {
    const { code, stderr } = await nerve(["backup", "list", "--dir", '"backups"']);
    expect(code).toBe(2);
    expect(stderr).toContain("--dir (NERVE_BACKUP_FOLDER) must be the path of a folder");
  });
});
