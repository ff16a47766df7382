import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { listBackups } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nerve } from "../packages/cli/test/support/nerve.ts";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const outside = process.cwd();

/** The commands of a guide's `sh` blocks, in order. */
function commandsOf(guide: string): string[] {
  return Array.from(guide.matchAll(/^```sh\n(.*?)^```$/gms), ([, block = ""]) => block)
    .flatMap((block) => block.trim().split("\n"))
    .map((line) => line.replace(/^(?:npx )?nerve /, ""));
}

describe.each(["MAINTENANCE.md", "MIGRATIONS.md"])("%s", (name) => {
  const guide = readFileSync(join(docs, name), "utf8");
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "nerve-guide-"));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(outside);
    rmSync(folder, { recursive: true, force: true });
  });

  test("its commands can be typed in the order in which they stand", async () => {
    const commands = commandsOf(guide);
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      const [newest] = await listBackups(join("data", "backups"));
      const words = command.split(" ").map((word) => (word === "FILE" ? basename(newest?.backupPath ?? "") : word));
      const { code, stderr } = await nerve(words);
      expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
    }
  });

  test("leads to files that are there, and names settings that exist", () => {
    const links = Array.from(guide.matchAll(/\]\(([^)#]+)/g), ([, target = ""]) => target);
    expect(links.filter((target) => !existsSync(join(docs, target)))).toEqual([]);
    const settings = readFileSync(join(docs, "SETTINGS.md"), "utf8");
    const named = new Set(guide.match(/NERVE_[A-Z][A-Z_]+/g));
    expect([...named].filter((setting) => !settings.includes(`\`${setting}\``))).toEqual([]);
  });
});
