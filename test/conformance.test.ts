import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineNames, migratedPlace } from "../packages/database/test/support/engines.ts";
import { linesOf } from "../packages/database/test/surface/support/reports.ts";
import { conform } from "../scripts/conformance/conform.ts";
import type { OracleFile, OracleStep } from "../scripts/conformance/oracle.ts";

const samples = join(import.meta.dirname, "../packages/formats/test/samples");
const match = (value: string) =>
  JSON.stringify({
    "template-id": "tls-version",
    info: { name: "TLS", severity: "low" },
    host: "www.example.org",
    "matched-at": "www.example.org:443",
    "extracted-results": [value],
  });

const reports: Record<string, string | Buffer> = {
  "ports.jsonl": readFileSync(join(samples, "naabu.jsonl")),
  "matches.jsonl": `${match("tls12")}\n${match("tls13")}\n`,
  "one.jsonl": linesOf([{ rule: "a" }]),
  "both.jsonl": linesOf([{ rule: "a" }, { rule: "b", ids: ["CVE-2026-0001"] }]),
  "kev.json": JSON.stringify({
    catalogVersion: "2026.11.26",
    dateReleased: "2026-11-26T00:00:00Z",
    count: 1,
    vulnerabilities: [{ cveID: "CVE-2026-0001", dateAdded: "2026-11-25", dueDate: "2026-12-25" }],
  }),
  "broken.sarif": '{"version":"2.1.0","runs":[{"tool":oops}]}',
  "empty.jsonl": "",
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nerve-conformance-"));
  for (const [name, content] of Object.entries(reports)) writeFileSync(join(folder, name), content);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(path: string, format: string, expected: OracleFile["expect"]): OracleFile {
  const sha256 = createHash("sha256")
    .update(reports[path] ?? "")
    .digest("hex");
  return { path, sha256, format, expect: expected };
}

interface Told {
  readonly files?: readonly OracleFile[];
  readonly steps?: readonly OracleStep[];
}

/** Runs the command on an oracle; its code, and what it printed. */
async function compare({ files = [], steps }: Told, ...words: string[]) {
  const sequences = steps === undefined ? [] : [{ name: "told", steps }];
  writeFileSync(join(folder, "oracle.json"), JSON.stringify({ version: 1, files, sequences }));
  return run(folder, ...words);
}

async function run(...words: string[]) {
  const lines: string[] = [];
  const code = await conform(words, {
    print: (line) => lines.push(line),
    makePlaces: (engine) =>
      Promise.resolve({
        place: () => migratedPlace(engine),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  });
  return { code, lines };
}

describe("Conformance of files", () => {
  const ports = (expected: object) => fileOf("ports.jsonl", "naabu", { outcome: "read", ...expected });

  test("is whole where a report is what its oracle says", async () => {
    expect(await compare({ files: [ports({ coverage: "hits", rejected: 0 })] })).toEqual({
      code: 0,
      lines: ["1 files, 0 sequences, 0 differences"],
    });
  });

  test("names what differs, and ends with 1", async () => {
    expect(await compare({ files: [ports({ coverage: "named" })] })).toEqual({
      code: 1,
      lines: ['ports.jsonl: coverage: expected "named", got "hits"', "1 files, 0 sequences, 1 differences"],
    });
    const other = { ...ports({}), sha256: "0".repeat(64) };
    expect((await compare({ files: [other] })).lines[0]).toContain("ports.jsonl: sha256: expected 000");
  });

  test("counts the severities of nuclei by matches, and its findings by what they are", async () => {
    const severity = { critical: 0, high: 0, medium: 0, low: 2, info: 0 };
    const told = { outcome: "read", records: 2, findings: 1, locations: 1, severity };
    expect(await compare({ files: [fileOf("matches.jsonl", "nuclei", told)] })).toMatchObject({ code: 0 });
  });

  test("prints JSON, and looks at what is chosen only", async () => {
    const files = [ports({ rejected: 1 }), fileOf("one.jsonl", "nerve", { outcome: "refused" })];
    const { code, lines } = await compare({ files, steps: [] }, "--json", "--only", "port");
    expect(code).toBe(1);
    expect(JSON.parse(lines.join(""))).toEqual({
      files: 1,
      sequences: 0,
      differences: [{ path: "ports.jsonl", difference: "rejected: expected 1, got 0" }],
    });
  });

  test.each([["no folder"], ["an engine that there is not"], ["no oracle"], ["an option that there is not"]])(
    "ends with 3 where there is %s",
    async (what) => {
      const words = {
        "no folder": [],
        "an engine that there is not": [folder, "--engine", "oracle"],
        "no oracle": [join(folder, "none")],
        "an option that there is not": [folder, "--fast"],
      }[what];
      expect(await run(...(words ?? []))).toMatchObject({ code: 3, lines: [expect.stringMatching(/./)] });
    },
  );
});

describe.each(engineNames)("Conformance of imports on %s", (engine) => {
  test("imports each file twice", async () => {
    const empty = { outcome: "read", findings: 0 };
    const files = [
      fileOf("both.jsonl", "nerve", { outcome: "read", findings: 2 }),
      fileOf("empty.jsonl", "nerve", empty),
      fileOf("broken.sarif", "sarif", { outcome: "refused", code: "REPORT_MALFORMED" }),
    ];
    const [last, ...lines] = (await compare({ files }, "--engine", engine)).lines.toReversed();
    expect(lines).toEqual([]);
    expect(last).toBe("3 files, 0 sequences, 0 differences");
    const wrong = [fileOf("both.jsonl", "nerve", { outcome: "read", findings: 3 })];
    expect(await compare({ files: wrong }, "--engine", engine)).toEqual({
      code: 1,
      lines: [
        "both.jsonl: findings: expected 3, got 2",
        "both.jsonl: first import: created: expected 3, got 2",
        "both.jsonl: second import: untouched: expected 3, got 2",
        "1 files, 0 sequences, 3 differences",
      ],
    });
  });

  test("follows sequences, and tells which step differs", async () => {
    const complete = { complete: true } as const;
    const told: OracleStep[] = [
      { import: "both.jsonl", expect: { created: 2 }, after: { open: 2, total: 2, byStatus: { open: 2 } } },
      { import: "both.jsonl", options: { company: "b" }, expect: { created: 2 } },
      { import: "one.jsonl", options: complete, expect: { closed: 1 }, after: { history: 1 } },
      { import: "one.jsonl", options: { scannedAt: "2026-11-25" }, expect: { code: "REPORT_OUT_OF_DATE" } },
      { count: { company: "b" }, after: { open: 2 } },
      { undo: "last", expect: { restored: 1 }, after: { open: 2 } },
      { decide: { action: "accept-risk", rule: "b", expiresInDays: 30 }, expect: { changed: 1 }, after: { open: 1 } },
      { wait: { days: 31 }, job: "risk-acceptances", expect: { changed: 1 }, after: { open: 2 } },
      { feed: "kev", file: "kev.json", expect: { rows: 1, findings: 2, exploited: 2 } },
    ];
    expect(await compare({ steps: told }, "--engine", engine)).toEqual({
      code: 0,
      lines: ["0 files, 1 sequences, 0 differences"],
    });
    const wrong: OracleStep[] = [
      { import: "both.jsonl", expect: { created: 1 }, after: { byStatus: { open: 1 } } },
      { confirm: "last", expect: { closed: 0 } },
      { decide: { action: "fixed", rule: "a" }, expect: { changed: 2 } },
      { wait: { days: 1 }, job: "nothing" },
      { import: "one.jsonl", expect: { created: 7 } },
    ];
    expect(await compare({ steps: wrong }, "--engine", engine)).toEqual({
      code: 1,
      lines: [
        "told: step 1: created: expected 1, got 2",
        'told: step 1: byStatus: expected {"open":1}, got {"open":2}',
        "told: step 3: changed: expected 2, got 1",
        "told: step 4: there is no job nothing",
        "0 files, 1 sequences, 4 differences",
      ],
    });
  });
});
