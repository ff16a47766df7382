import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EngineName, listBackups } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { emptyPlace, engineNames } from "../packages/database/test/support/engines.ts";
import { nerve } from "../packages/cli/test/support/nerve.ts";
import { findSystemProgram } from "./support/system-programs.ts";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const outside = process.cwd();

/** The commands of a guide's `sh` blocks, in order. */
function commandsOf(guide: string): string[] {
  return Array.from(guide.matchAll(/^```sh\n(.*?)^```$/gms), ([, block = ""]) => block)
    .flatMap((block) => block.trim().split("\n"))
    .map((line) => line.replace(/^(?:npx )?nerve /, ""));
}

const programs = new Set([findSystemProgram("pg_dump"), findSystemProgram("pg_restore")]);
const engines = engineNames.filter((engine) => engine === "sqlite" || !programs.has(undefined));

/** Where the commands find their database: the default file, or an empty database of the server. */
async function placeOn(engine: EngineName) {
  if (engine === "sqlite") {
    return { environment: {}, wordFor: (word: string) => word, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const { url, remove } = await emptyPlace(engine);
  return {
    environment: { NERVE_DATABASE_URL: url },
    wordFor: (word: string) => (word === "sqlite:data/ghost.db" ? url : word),
    [Symbol.asyncDispose]: remove,
  };
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

  test.each(engines)(
    "its commands can be typed in the order in which they stand, on %s",
    async (engine) => {
      await using place = await placeOn(engine);
      await rm("data", { recursive: true, force: true });
      const commands = commandsOf(guide);
      expect(commands.length).toBeGreaterThan(5);
      for (const command of commands) {
        const [newest] = await listBackups(join("data", "backups"));
        const words = command.split(" ").map((word) => (word === "FILE" ? basename(newest?.backupPath ?? "") : word));
        const typed = words.map(place.wordFor);
        const { code, stderr } = await nerve(typed, { environment: place.environment });
        // The test's own database has a password, which the guide's has not.
        const isWarned = typed.some((word, index) => word !== words[index]);
        const warned = isWarned ? expect.stringMatching(/^nerve: warning: .* Give the URL with --from-file\.\n$/) : "";
        expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: warned });
      }
    },
    120_000,
  );

  test("leads to files that are there, and names settings that exist", () => {
    const links = Array.from(guide.matchAll(/\]\(([^)#]+)/g), ([, target = ""]) => target);
    expect(links.filter((target) => !existsSync(join(docs, target)))).toEqual([]);
    const settings = readFileSync(join(docs, "SETTINGS.md"), "utf8");
    const named = new Set(guide.match(/NERVE_[A-Z_]+[A-Z]/g));
    expect([...named].filter((setting) => !settings.includes(`\`${setting}\``))).toEqual([]);
  });
});
