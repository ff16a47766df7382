import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { detectFormat, FormatError, readRecords, type ReportSource, surveyReport } from "@nerve/formats";
import { differences } from "./differences.ts";
import { fileSource, isEmpty } from "./file-source.ts";
import type { Expectation, OracleFile } from "./oracle.ts";
import { Tally } from "./tally.ts";

/** Reads one file as its oracle says, and tells what differs. */
export async function examineFile(folder: string, file: OracleFile): Promise<string[]> {
  const bytes = readFileSync(join(folder, file.path));
  const hash = createHash("sha256").update(bytes).digest("hex");
  if (hash !== file.sha256) return [`sha256: expected ${file.sha256}, got ${hash}`];
  const source = fileSource(folder, file.path);
  const found: string[] = [];
  if (!isEmpty(source)) {
    const [best] = detectFormat(bytes.subarray(0, 65_536), file.path);
    const detected = best !== undefined && best.confidence > 0.5 ? best.format : null;
    if (detected !== file.format) found.push(`format: expected ${file.format}, got ${detected}`);
    else found.push(...differences(file.expect, await measure(source)));
  }
  if (file.format !== null) {
    const given = differences(file.expect, await measure(source, file.format));
    found.push(...given.map((line) => `with its format given: ${line}`).filter((line) => !isSaid(found, line)));
  }
  return found;
}

/** The same difference in both readings is told once. */
function isSaid(found: readonly string[], line: string): boolean {
  return found.some((other) => line.endsWith(`: ${other}`));
}

async function measure(source: ReportSource, format?: string): Promise<Expectation> {
  try {
    const survey = await surveyReport(source, { format });
    const tally = new Tally(survey.format);
    for await (const batch of readRecords(source, survey)) for (const record of batch) tally.add(record);
    const { outcome, rejected, coverage } = survey;
    const counts = {
      ...survey.counts,
      hasMore: "hasMore" in survey.counts,
      ...("tools" in survey.counts ? { tools: Object.keys(survey.counts["tools"] ?? {}) } : {}),
    };
    return {
      ...tally.numbers,
      raw: {},
      records: 0,
      ...counts,
      ...tally.identities,
      outcome,
      rejected,
      coverage: coverage.kind,
    };
  } catch (error) {
    if (error instanceof FormatError) return { outcome: "refused", code: error.code };
    throw error;
  }
}
