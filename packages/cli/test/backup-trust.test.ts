import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { forgeManifest } from "../../database/test/support/forge-manifest.ts";
import { nerve, type Outcome } from "./support/nerve.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-trust-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...words: string[]): Promise<Outcome> {
  const environment = { NERVE_BACKUP_FOLDER: join(folder, "backups"), NERVE_UPLOADS_FOLDER: join(folder, "uploads") };
  return nerve([...words, "--database", `sqlite:${join(folder, "ghost.db")}`], { environment });
}

test("a backup that nobody signed is refused, listed as such, and taken with --trust-unsigned", async () => {
  expect(await run("init")).toMatchObject({ code: 0 });
  const made = await run("backup", "create", "--json");
  const { backupPath, signed } = JSON.parse(made.stdout) as { backupPath: string; signed: boolean };
  expect(signed).toBe(true);
  expect((await run("backup", "list")).stdout).not.toContain("NOT signed");
  await forgeManifest(backupPath);
  await writeFile(join(folder, "backups", "notes.txt"), "mine");

  const listed = await run("backup", "list");
  expect(listed.stdout).toContain("NOT signed by this installation");
  expect(listed.stdout).not.toContain("verified");
  expect(listed.stdout).toContain("And 1 file that is no complete backup: notes.txt.");
  const verified = await run("backup", "verify", backupPath);
  expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining("--trust-unsigned") });
  const restored = await run("backup", "restore", backupPath, "--confirm");
  expect(restored).toMatchObject({ code: 3, stderr: expect.stringContaining("--trust-unsigned") });
  expect(await run("backup", "restore", backupPath, "--dry-run")).toMatchObject({ code: 3 });

  expect(await run("backup", "verify", backupPath, "--trust-unsigned")).toMatchObject({ code: 0 });
  expect(await run("backup", "restore", backupPath, "--dry-run", "--trust-unsigned")).toMatchObject({ code: 0 });
  expect(await run("backup", "restore", backupPath, "--confirm", "--trust-unsigned")).toMatchObject({ code: 0 });
});
