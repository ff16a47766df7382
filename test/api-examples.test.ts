import { mkdtempSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { transaction } from "@nerve/database";
import { describeOnEachEngine } from "../packages/database/test/support/engines.ts";
import { readExports } from "../scripts/api-document/read-functions.ts";
import { findSystemProgram } from "./support/system-programs.ts";
import { type Example, type Examples, writeExamples } from "./support/examples.ts";

const given = new Map(
  readExports().functions.flatMap(({ name, module, signature, examples: codes }) =>
    codes.map((code, index): [string, Example] => {
      // What is done to a database as a whole is done outside of transactions; every other example is undone.
      const takesAll =
        module === "operations" ||
        module === "upkeep" ||
        /\b(?:Database|Place)\b/.test(signature.split("): ")[0] ?? "");
      return [`${name}-${index + 1}`, { code, takes: takesAll ? "Database" : "Handle" }];
    }),
  ),
);
let examples: Examples;
const outside = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "nerve-examples-"));

beforeAll(async () => {
  examples = await writeExamples(given);
  // What an example writes to a file stays out of the repository.
  process.chdir(folder);
  await copyFile(join(outside, "packages", "database", "test", "fixtures", "legacy", "ghost_small.db"), "ghost.db");
});
afterAll(async () => {
  process.chdir(outside);
  rmSync(folder, { recursive: true, force: true });
  await examples[Symbol.asyncDispose]();
});

test("the examples of the doc comments are right about every type", async () => {
  expect(given.size).toBeGreaterThan(50);
  expect(await examples.findTypeFaults()).toBe("");
}, 120_000);

// Backups of PostgreSQL are made with its own programs.
const isWithoutPrograms = [findSystemProgram("pg_dump"), findSystemProgram("pg_restore")].includes(undefined);

describeOnEachEngine("The examples of the doc comments", (context) => {
  for (const [name, { code, takes }] of given) {
    const takesProgram = context.engine === "postgres" && code.includes("createBackup(");
    test.skipIf(takesProgram && isWithoutPrograms)(`${name} runs`, async () => {
      vi.spyOn(console, "log").mockImplementation(() => {});
      if (takes === "Database") {
        await expect(examples.run(name, context.db)).resolves.toBeUndefined();
        return;
      }
      const done = new Error("undo what the example did");
      const undone = transaction(context.db, async (tx) => {
        await examples.run(name, tx);
        throw done;
      });
      await expect(undone).rejects.toBe(done);
    });
  }
});
