import { detectFormat, FormatError, readRecords, type ScanRecord, surveyReport } from "@nerve/formats";
import { numbers } from "./numbers.ts";
import { reportOf } from "./samples.ts";

/** A report with some damage: it is cut, or some of its bytes are changed, removed or repeated. A seed is one damage. */
export function damaged(whole: Buffer, seed: string): Buffer {
  const next = numbers(seed);
  const at = next(whole.length);
  const way = next(4);
  if (way === 0) return whole.subarray(0, at);
  if (way === 1) return Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1 + next(20))]);
  if (way === 2) return Buffer.concat([whole.subarray(0, at + 1), whole.subarray(next(at + 1))]);
  const bytes = Buffer.from(whole);
  for (let flips = next(4); flips >= 0; flips -= 1) bytes[next(bytes.length)] = next(256);
  return bytes;
}

/**
 * How a report ends that may be damaged: read, partial, or the code of its refusal. Throws what no reader may throw, and
 * where the second pass gives other than what the survey counted.
 */
export async function outcomeOf(bytes: Buffer, format: string): Promise<string> {
  detectFormat(bytes);
  const report = reportOf(bytes);
  try {
    const survey = await surveyReport(report, { format });
    // A refusal after the survey would leave half of a report behind.
    const records = await readAgain(() => readRecords(report, survey));
    const counted = (kind: string) => Number(survey.counts[`${kind}s`] ?? 0);
    const known = ["finding", "host", "service", "link", "check"].reduce((sum, kind) => sum + counted(kind), 0);
    const again = survey.plan.again.size;
    if (records.length + again !== known) throw new Error(`${known} records were counted, ${records.length} given`);
    return survey.outcome;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return error.code;
  }
}

async function readAgain(read: () => AsyncIterable<readonly ScanRecord[]>): Promise<ScanRecord[]> {
  const records: ScanRecord[] = [];
  try {
    for await (const batch of read()) records.push(...batch);
  } catch (error) {
    throw new Error("a report that was surveyed is refused", { cause: error });
  }
  for (const record of records)
    if (record.kind === "finding" && record.locations.length === 0) throw new Error("a finding has no location");
  return records;
}

/** How long the processor worked. */
export function millisecondsOf({ user, system }: NodeJS.CpuUsage): number {
  return Math.round((user + system) / 1000);
}
