import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyDatabase } from "@nerve/database";
import { nerveOn, type CallOptions } from "./support/nerve.ts";

let folder = "";
let url = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-remedies-"));
  url = `sqlite:${join(folder, "ghost.db")}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (words: string, options?: CallOptions) => nerveOn(url, words.split(" "), options);

/** Runs what is expected to fail, and gives what it told. */
async function told(words: string, options?: CallOptions): Promise<string> {
  const { code, stderr } = await run(words, options);
  expect(code).not.toBe(0);
  return stderr;
}

async function succeed(words: string, options?: CallOptions): Promise<string> {
  const { code, stdout, stderr } = await run(words, options);
  expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
  return stdout;
}

const password = { input: "moon river dance seven\n" };
const make = (email: string) => `user create --email ${email} --role analyst --password-stdin`;

describe("the remedy that an error names takes the error away", () => {
  test("`nerve init`, where there is no database", async () => {
    expect(await told("stats")).toContain("`nerve init` makes one");
    await succeed("init");
    expect(await succeed("stats")).toContain("migrations");
  });

  test("`nerve migrate up`, where migrations are pending", async () => {
    await succeed("init");
    await succeed("migrate rollback");
    expect(await told("user list")).toContain("`nerve migrate up`");
    await succeed("migrate up");
    await succeed("user list");
  });

  test("another target, where that of a copy holds something", async () => {
    await succeed("init");
    const other = `sqlite:${join(folder, "other.db")}`;
    await nerveOn(other, ["init"]);
    await nerveOn(other, make("ada@example.org").split(" "), password);
    const refusal = await told(`copy --from ${url} --to ${other}`);
    expect(refusal).toContain("The target is not empty: users has rows.");
    expect(refusal).toContain("Name a database that is not there yet");
    expect(refusal).not.toContain("existing record");
    await succeed(`copy --from ${url} --to sqlite:${join(folder, "new.db")} --json`);
  });

  test("`--resume`, where a copy was interrupted", async () => {
    await succeed("init");
    const target = `sqlite:${join(folder, "target.db")}`;
    const onProgress = () => {
      throw new Error("interrupted");
    };
    await expect(copyDatabase(url, target, { onProgress })).rejects.toThrow("interrupted");
    const copy = `copy --from ${url} --to ${target}`;
    const refusal = await told(copy);
    expect(refusal).toContain("Resume it with `--resume`");
    expect(refusal).not.toContain("existing record");
    await succeed(`${copy} --resume --json`);
  });

  test("another address, where one is taken; and whose it is", async () => {
    await succeed("init");
    await succeed(make("ada@example.org"), password);
    const refusal = await told(make("Ada@Example.org"), password);
    expect(refusal).toContain("User 1 has the address ada@example.org already (analyst, active).");
    await succeed(make("grace@example.org"), password);
    await succeed("user suspend ada@example.org");
    expect(await told(make("ada@example.org"), password)).toContain("already (analyst, suspended)");
  });

  test("no key, where a backup is not encrypted", async () => {
    const environment = { NERVE_BACKUP_FOLDER: join(folder, "backups") };
    await succeed("init");
    const { backupPath } = JSON.parse(await succeed("backup create --json", { environment })) as { backupPath: string };
    const withKey = { environment: { ...environment, NERVE_BACKUP_KEY: "a key of enough letters" } };
    expect(await told(`backup restore ${backupPath} --confirm`, withKey)).toContain(
      "leave the key out (NERVE_BACKUP_KEY)",
    );
    await succeed(`backup restore ${backupPath} --dry-run`, { environment });
    const { entries } = JSON.parse(await succeed("audit --action backup_created --json")) as { entries: unknown[] };
    expect(entries).toMatchObject([
      { userAgent: "nerve command line", metadataJson: { backup: basename(backupPath) } },
    ]);
  });
});

describe("an address that is refused tells what is wrong with it", () => {
  test.each([
    ["ada.example.org", "it has no @"],
    ["@example.org", "nothing stands before the @"],
    ["ada@", "nothing stands after the @"],
    ["ada@@example.org", "it has more than one @"],
    ["Ada<ada@example.org>", "one address alone"],
    ["ada@example.org,grace@example.org", "one address alone"],
    ["ada@example.org.", "after the @, a dot has to stand between"],
    ["a..da@example.org", "before the @, a dot has to stand between"],
    ["admin@localhost", "a name without a dot"],
    ["ada@intranet", "give the whole domain"],
    ["ada@192.0.2.7", "an IP address, and no domain"],
    ["ada@ex_ample.org", "is no domain"],
    [`${"a".repeat(65)}@example.org`, "more than 64 bytes stand before the @"],
    [`ada@${"a.".repeat(130)}org`, "longer than 254 bytes"],
  ])("%s", async (email, fault) => {
    await nerveOn(url, ["init"]);
    const { code, stderr } = await nerveOn(
      url,
      make("x").replace("--email x", `--email ${email}`).split(" "),
      password,
    );
    expect(code).toBe(2);
    expect(stderr).toContain("--email is not a valid e-mail address: ");
    expect(stderr).toContain(fault);
  });
});

test("a list shortens what is too long for a line, and JSON has it whole", async () => {
  await succeed("init");
  const email = `${"a".repeat(60)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.example`;
  await succeed(make(email), password);
  const table = await succeed("user list");
  for (const line of table.split("\n")) expect(line.length).toBeLessThan(160);
  expect(table).toContain("…");
  expect(await succeed("user list --json")).toContain(email);
});

describe("the first look", () => {
  test("at health is a few lines, and tells that nothing has to be done", async () => {
    await succeed("init");
    const text = await succeed("health");
    expect(text.split("\n").length).toBeLessThan(14);
    expect(text).toContain("Upkeep: none of");
    expect(text).not.toContain("Not checked");
    expect(text).not.toMatch(/\d{5,} bytes/);
  });

  test("at statistics counts no rows that nobody has put in", async () => {
    await succeed("init");
    expect(await succeed("stats")).toMatch(/^None\.\n\n0 rows and \d+ migrations, [\d.]+ [kM]B\.\n$/);
  });
});
