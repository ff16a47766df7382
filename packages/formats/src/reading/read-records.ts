import { FormatError } from "../errors/format-error.ts";
import { formatOf } from "../registry/registry.ts";
import type { ScanRecord } from "../records/records.ts";
import type { ReportSurvey } from "../records/report-survey.ts";
import { openReport, type ReportSource } from "../source/open-report.ts";
import { Gathering } from "./gathering.ts";
import { sweep } from "./sweep.ts";

interface ReadOptions {
  /** The most records that are given at once. */
  readonly batch?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The records of a report that was surveyed, in its order, in batches. A positional finding that came before is given
 * once, with the number of its occurrences. Throws `FormatError` when the report is no longer the one that was surveyed.
 */
export async function* readRecords(
  source: ReportSource,
  survey: ReportSurvey,
  { batch = 500, signal }: ReadOptions = {},
): AsyncGenerator<readonly ScanRecord[]> {
  const format = formatOf(survey.format);
  if (format === undefined) throw new FormatError("FORMAT_UNKNOWN", "", "there is no such format");
  const { limits, notes, mapping, occurrences, again } = survey.plan;
  const report = await openReport(source, limits, signal);
  let waiting: ScanRecord[] = [];
  const gathering = new Gathering(format, { limits, notes, mapping }, (record, index) => {
    if (again.has(index)) return;
    const count = occurrences.get(index);
    waiting.push(count === undefined ? record : ({ ...record, occurrences: count } as ScanRecord));
  });
  for await (const _ of sweep(report, format, gathering, source.name)) {
    let from = 0;
    for (; waiting.length - from >= batch; from += batch) {
      yield waiting.slice(from, from + batch);
      signal?.throwIfAborted();
    }
    if (from > 0) waiting = waiting.slice(from);
  }
  for (let from = 0; from < waiting.length; from += batch) yield waiting.slice(from, from + batch);
  if (report.digest() !== survey.sha256)
    throw new FormatError("REPORT_MALFORMED", "", "the report changed while it was read");
}
