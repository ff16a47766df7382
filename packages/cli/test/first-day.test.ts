import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nerve, nerveOn } from "./support/nerve.ts";

let folder = "";
let url = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-first-day-"));
  url = `sqlite:${join(folder, "ghost.db")}`;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a command that is expected to fail, and gives what it told. */
async function failing(words: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await nerve(words, { environment: { NERVE_DATABASE_URL: url, ...environment } });
  expect(code).not.toBe(0);
  expect(stderr + stdout).not.toMatch(/server's log|request id|please report/);
  return stderr + stdout;
}

describe("what a command tells names the path and the cause by its own name", () => {
  test("a database that is not there (ENOENT), in whichever folder the command was run", async () => {
    const told = await failing(["stats"]);
    expect(told).toContain(`There is no database file ${join(folder, "ghost.db")} (ENOENT).`);
    expect(told).toContain("`nerve init` makes one");
  });

  test("a database that is a folder (EISDIR)", async () => {
    await mkdir(join(folder, "ghost.db"));
    for (const words of [["init"], ["stats"], ["health"], ["user", "list"]]) {
      expect(await failing(words)).toContain(
        `${join(folder, "ghost.db")} cannot be opened: it is a folder, and no file (EISDIR).`,
      );
    }
  });

  test("a folder of the path that is a file (ENOTDIR)", async () => {
    await writeFile(join(folder, "data"), "");
    const path = join(folder, "data", "ghost.db");
    for (const words of [["init"], ["stats"]]) {
      const told = await failing(words, { NERVE_DATABASE_URL: `sqlite:${path}` });
      expect(told).toContain(join(folder, "data"));
      expect(told).toMatch(/\((?:ENOTDIR|EEXIST)\)/);
    }
  });

  test("a file that is no database", async () => {
    await writeFile(join(folder, "ghost.db"), "this is no database, but a letter of some length");
    expect(await failing(["stats"])).toContain(`${join(folder, "ghost.db")} is damaged, or is no database.`);
  });

  test.each([
    [["backup", "create"], "NERVE_BACKUP_FOLDER"],
    [["backup", "list"], "NERVE_BACKUP_FOLDER"],
    [["backup", "prune", "--keep", "1"], "NERVE_BACKUP_FOLDER"],
  ])("a folder that is a file: %j", async (words, setting) => {
    await nerveOn(url, ["init"]);
    const place = join(folder, "place");
    await writeFile(place, "");
    const told = await failing(words, { [setting]: place });
    expect(told).toContain(place);
    expect(told).toMatch(/\((?:ENOTDIR|EEXIST)\)/);
  });

  test.each([
    ["a file of rejects in a folder that is not there", "none/rejects.jsonl", "(ENOENT)"],
    ["a file of rejects that is a folder", ".", "(EISDIR)"],
  ])("%s", async (_, rejects, cause) => {
    const path = join(folder, rejects);
    const told = await failing(["copy", "--from", url, "--to", `sqlite:${folder}/to.db`, "--rejects", path]);
    expect(told).toContain(path.replace(/\/\.$/, ""));
    expect(told).toContain(cause);
  });

  test("a file with the URL that is not there, or is a folder", async () => {
    const path = join(folder, "url");
    expect(await failing(["stats", "--database-file", path])).toContain(
      `${path} cannot be opened: there is no such file`,
    );
    expect(await failing(["stats", "--database-file", folder])).toContain("(EISDIR)");
  });

  test("the source of a copy that is not there", async () => {
    const told = await failing(["copy", "--from", url, "--to", `sqlite:${folder}/to.db`]);
    expect(told).toContain(`There is no database file ${join(folder, "ghost.db")} (ENOENT).`);
  });

  test("a file whose name is none of a backup's is named, with what such names look like", async () => {
    await nerveOn(url, ["init"]);
    const path = join(folder, "ghost.db.old");
    expect(await failing(["backup", "restore", path, "--confirm"])).toContain(
      `${path} is no file of a backup: those are named like`,
    );
  });

  test("a manifest that cannot be read is not told as damaged", async () => {
    await nerveOn(url, ["init"]);
    const made = await nerveOn(url, ["backup", "create", "--json"], {
      environment: { NERVE_BACKUP_FOLDER: join(folder, "backups") },
    });
    const { backupPath } = JSON.parse(made.stdout) as { backupPath: string };
    const manifest = backupPath.replace(/\.db$/, ".json");
    await rm(manifest);
    expect(await failing(["backup", "verify", backupPath])).toContain(manifest);
    await mkdir(manifest);
    const told = await failing(["backup", "verify", backupPath]);
    expect(told).toContain(`${manifest} cannot be read: it is a folder, and no file (EISDIR).`);
  });

  test.runIf(existsSync("/dev/full"))("a disk that is full (ENOSPC), with what is free there", async () => {
    await nerveOn(url, ["init"]);
    const ghost = new URL("../../database/test/fixtures/legacy/ghost_small.db", import.meta.url).pathname;
    const told = await failing(["import", "legacy", ghost, "--rejects", "/dev/full"]);
    expect(told).toMatch(/The disk of \/dev\/full is full: .* are free \(ENOSPC\)\./);
  });
});

describe("a path that would name another database than meant", () => {
  test.each([
    ["sqlite://two.db", "two slashes"],
    ["sqlite:~/ghost.db", "only a shell reads"],
    ["sqlite:", "names no file"],
    ["sqlite:data/ghost\n.db", "a line feed"],
    ["sqlite:data/ghost.db ", "ends with a space"],
  ])("is refused: %j", async (given, fault) => {
    const { code, stderr } = await nerve(["init", "--database", given]);
    expect(code).toBe(2);
    expect(stderr).toContain("--database (NERVE_DATABASE_URL)");
    expect(stderr).toMatch(new RegExp(fault));
  });
});

describe("--verbose", () => {
  test("shows each cause by its name and code, and without it none is shown", async () => {
    await mkdir(join(folder, "ghost.db"));
    expect(await failing(["init"])).not.toContain("caused by");
    const told = await failing(["init", "--verbose"]);
    expect(told).toMatch(/caused by DatabaseConnectionError \[CONNECTION_FAILED\]/);
    expect(told).toMatch(/caused by Error \[ERR_SQLITE_ERROR, 14\]/);
  });

  test("shows no secret, wherever it stands", async () => {
    const secret = "hunter2hunter2hunter2";
    const environment = {
      NERVE_DATABASE_URL: `postgres://nerve:${secret}@127.0.0.1:1/nerve`,
      NERVE_BACKUP_KEY: "another secret of some length",
    };
    const told = await failing(["stats", "--verbose"], environment);
    expect(told).toContain("caused by");
    for (const value of [secret, environment.NERVE_BACKUP_KEY]) expect(told).not.toContain(value);
    const given = ["stats", "--verbose", "--database", `postgres://nerve:${secret}@no host:x/nerve`];
    expect(await failing(given)).not.toContain(secret);
  });
});

/** An account that owns nothing here. */
const service = 65_534;

describe.runIf(process.getuid?.() === 0)("what root makes in a folder of the service belongs to the service", () => {
  test("database, key, backups and their folder", async () => {
    await chmod(folder, 0o700);
    await chown(folder, service, service);
    const environment = {
      NERVE_BACKUP_FOLDER: join(folder, "kept", "backups"),
      NERVE_BACKUP_KEY: "a key of enough letters",
    };
    expect(await nerveOn(url, ["init"])).toMatchObject({ code: 0 });
    const { stdout } = await nerveOn(url, ["backup", "create", "--compress", "gzip", "--json"], { environment });
    const { backupPath } = JSON.parse(stdout) as { backupPath: string };
    const manifest = backupPath.replace(/\.db\..*$/, ".json");
    for (const path of [
      join(folder, "ghost.db"),
      join(folder, "kept"),
      environment.NERVE_BACKUP_FOLDER,
      backupPath,
      manifest,
    ]) {
      expect({ path, uid: (await stat(path)).uid }).toEqual({ path, uid: service });
    }
  });

  test("but nothing that was there before, and nothing that a link leads to", async () => {
    const target = join(folder, "of-root");
    await writeFile(target, "");
    await mkdir(join(folder, "data"));
    await chown(join(folder, "data"), service, service);
    await symlink(target, join(folder, "data", "ghost.db"));
    await nerveOn(`sqlite:${join(folder, "data", "ghost.db")}`, ["init"]);
    expect((await stat(target)).uid).toBe(0);
    expect((await readFile(target)).length).toBeGreaterThan(0);
  });
});
