import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCompany, type ImportReceipt, importReport, reportFile } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { linesOf } from "../../../database/test/surface/support/reports.ts";
import { nerve, nerveOn } from "../support/nerve.ts";

const rules = (count: number) => Array.from({ length: count }, (_, index) => ({ rule: `rule-${index}` }));

/** A report of semgrep that says when it was made. */
const sarif = (startTimeUtc: string, ruleId: string) =>
  JSON.stringify({
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "semgrep" } },
        invocations: [{ executionSuccessful: true, startTimeUtc }],
        results: [{ ruleId, message: { text: ruleId } }],
      },
    ],
  });

describeOnEachEngine("nerve import", (context) => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-reports-"));
    await createCompany(context.db, { name: "One", primaryDomain: "one.example" });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function fileOf(name: string, content: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  async function scan(...words: string[]) {
    const { code, stdout, stderr } = await nerveOn(context.url, ["import", "scan", ...words, "--json"]);
    return { code, stderr, answer: (stdout === "" ? null : JSON.parse(stdout)) as ImportReceipt };
  }

  test("takes a report in for the only company, holds what is suspicious, and closes it when told to", async () => {
    const path = await fileOf("all.jsonl", linesOf(rules(25)));
    const options = ["--format", "nerve", "--complete", "--series", "nightly"];
    expect(await scan(path, ...options)).toMatchObject({ code: 0, answer: { created: 25, status: "done" } });
    const few = await fileOf("few.jsonl", linesOf(rules(1)));
    const tried = await scan(few, ...options, "--dry-run");
    expect(tried).toMatchObject({ code: 1, answer: { held: 24, importId: 0 } });
    const { code, answer } = await scan(few, ...options);
    expect({ code, answer }).toMatchObject({ code: 1, answer: { held: 24, closed: 0 } });
    const confirmed = await nerveOn(context.url, ["import", "confirm", String(answer.importId)]);
    expect(confirmed).toMatchObject({ code: 0, stdout: expect.stringContaining("24 findings were closed") as string });
    const undone = await nerveOn(context.url, ["import", "undo", String(answer.importId), "--json"]);
    expect(JSON.parse(undone.stdout)).toEqual({ importId: answer.importId, withdrawn: 0, restored: 24, kept: 0 });
  });

  test("closes what is said to be covered, by options and by a file of targets", async () => {
    const path = await fileOf("two.jsonl", linesOf([{ rule: "a" }, { rule: "b", asset: "https://api.example.org" }]));
    const empty = await fileOf("none.jsonl", "");
    const options = ["--format", "nerve", "--series", "covering"];
    await scan(path, ...options);
    const targets = await fileOf("targets.txt", "api.example.org\n\n");
    const never = await scan(empty, ...options, "--covers", `@${targets}`, "--close", "never");
    expect(never.answer).toMatchObject({ closed: 0 });
    expect((await scan(empty, ...options, "--covers", `@${targets}`)).answer).toMatchObject({ closed: 1 });
    const partial = await scan(empty, ...options, "--covers", "www.example.org", "--partial");
    expect(partial.answer).toMatchObject({ closed: 0 });
    expect((await scan(empty, ...options, "--covers", "www.example.org")).answer).toMatchObject({ closed: 1 });
  });

  test("takes the headings of rows of any tool", async () => {
    const path = await fileOf("rows.csv", "Plugin,Machine\r\nweak,rows.example.org\r\n");
    const { answer } = await scan(path, "--format", "csv", "--dry-run", "--map", "rule=Plugin", "host=Machine");
    expect(answer).toMatchObject({ created: 1, rejected: 0 });
    const { code, stderr } = await nerveOn(context.url, ["import", "scan", path, "--format", "csv", "--map", "rule"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--map rule=Plugin");
  });

  test("takes several in the order of their times, and none where one of them cannot be read", async () => {
    const late = await fileOf("late.sarif", sarif("2025-02-01T00:00:00Z", "late"));
    const early = await fileOf("early.sarif", sarif("2025-01-01T00:00:00Z", "early"));
    const broken = await fileOf("broken.sarif", `{"version": "2.1.0", "runs": [{]}`);
    const options = ["--target", "git.example/app"];
    const refused = await scan(late, early, broken, ...options);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain(`${broken}: `);
    const { code, answer } = await scan(late, early, ...options);
    const { imports } = answer as unknown as { imports: ImportReceipt[] };
    expect({ code, created: imports.map(({ created }) => created) }).toEqual({ code: 0, created: [1, 1] });
    expect(imports[1]).toMatchObject({ closed: 1, created: 1 });
    // The later one is in already.
    expect(await scan(early, ...options)).toMatchObject({ code: 3 });
    expect(await scan(early, ...options, "--as-newest")).toMatchObject({ code: 0 });
  });

  test("goes on with one that was interrupted, from its report", async () => {
    const { db } = context;
    const lines = Array.from({ length: 1100 }, (_, index) => ({ rule: "one", context: [`${index}`] }));
    const path = await fileOf("long.jsonl", linesOf(lines));
    const stopping = new AbortController();
    let importId = 0;
    const importing = importReport(db, {
      series: "interrupted",
      source: await reportFile(path),
      format: "nerve",
      sliceRecords: 500,
      signal: stopping.signal,
      onProgress: (progress) => {
        ({ importId } = progress);
        stopping.abort();
      },
    });
    await expect(importing).rejects.toMatchObject({ name: "AbortError" });
    const words = ["import", "resume", String(importId), "--file", path, "--json"];
    const { code, stdout } = await nerveOn(context.url, words);
    expect({ code, answer: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      answer: { importId, status: "done", created: 1100 },
    });
  });

  test("of a report that was cut off ends with 1", async () => {
    const path = await fileOf("cut.sarif", sarif("2025-03-01T00:00:00Z", "cut").slice(0, -4));
    expect(await scan(path)).toMatchObject({ code: 1, answer: { outcome: "partial", complete: false } });
  });

  test("wants to know which company, where there are several", async () => {
    await createCompany(context.db, { name: "Two", primaryDomain: "two.example" });
    const path = await fileOf("one.jsonl", linesOf(rules(1)));
    const refused = await scan(path, "--format", "nerve");
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("one.example, two.example");
    expect(await scan(path, "--format", "nerve", "--company", "two.example")).toMatchObject({ code: 0 });
  });

  test("tells what a file is without a database", async () => {
    const path = await fileOf("seen.sarif", sarif("2025-03-01T00:00:00Z", "a-rule"));
    const { code, stdout } = await nerve(["scan", "inspect", path, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      survey: { format: "sarif", source: "semgrep", startedAt: "2025-03-01T00:00:00.000Z" },
      counts: { records: 1, findings: 1, severity: { medium: 1 }, rules: 1 },
      samples: { finding: [{ rule: { key: "a-rule" } }] },
    });
    expect((await nerve(["scan", "inspect", path])).stdout).toContain("a-rule");
    expect(await nerve(["scan", "inspect", join(folder, "none")])).toMatchObject({ code: 3 });
  });
});
