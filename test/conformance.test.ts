import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runQuietly } from "../scripts/processes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const sample = readFileSync(join(root, "packages/formats/test/samples/naabu.jsonl"));
const sha256 = createHash("sha256").update(sample).digest("hex");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nerve-conformance-"));
  writeFileSync(join(folder, "ports.jsonl"), sample);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function compare(expected: object, hash = sha256) {
  const files = [{ path: "ports.jsonl", sha256: hash, format: "naabu", expect: expected }];
  writeFileSync(join(folder, "oracle.json"), JSON.stringify({ version: 1, files }));
  const words = ["--conditions=@nerve/source", "scripts/conformance/run.ts", folder];
  return runQuietly(process.execPath, words, { cwd: root });
}

test("conformance finds nothing where a report is what its oracle says", async () => {
  expect(await compare({ outcome: "read", coverage: "hits", rejected: 0 })).toEqual({
    code: 0,
    output: "1 files, 0 differences\n",
  });
});

test("conformance names what differs, and ends with 1", async () => {
  expect(await compare({ outcome: "partial", coverage: "hits" })).toEqual({
    code: 1,
    output: 'ports.jsonl: outcome: expected "partial", got "read"\n1 files, 1 differences\n',
  });
  expect(await compare({}, "0".repeat(64))).toMatchObject({ code: 1, output: expect.stringContaining("sha256") });
});

test("conformance ends with 3 where there is no oracle", async () => {
  const words = ["--conditions=@nerve/source", "scripts/conformance/run.ts", join(folder, "none")];
  expect(await runQuietly(process.execPath, words, { cwd: root })).toMatchObject({ code: 3 });
});
