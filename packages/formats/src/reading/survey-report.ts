import { FormatError } from "../errors/format-error.ts";
import type { Format } from "../format/format.ts";
import { formatOf, formats, sourceOf } from "../registry/registry.ts";
import { readHead } from "../head/head.ts";
import { defaultLimits, type Limits } from "../limits/limits.ts";
import type { ReportSurvey } from "../records/report-survey.ts";
import { type OpenReport, openReport, type ReportSource } from "../source/open-report.ts";
import { chooseFormat } from "./detect-format.ts";
import { Gathering } from "./gathering.ts";
import { sweep } from "./sweep.ts";

export interface SurveyOptions {
  /** Left out, it is found out. */
  readonly format?: string | undefined;
  /** For rows of any tool (`csv`): the headings of fields. */
  readonly mapping?: Readonly<Record<string, string>> | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Passes until the reader has what it needs; one is the rule, and two where a report holds its rules behind its results. */
const mostPasses = 2;

/** Reads all of a report and tells what it is, whether it is whole, and what it may speak for. Throws `FormatError`. */
export async function surveyReport(source: ReportSource, options: SurveyOptions = {}): Promise<ReportSurvey> {
  const limits = { ...defaultLimits, ...options.limits };
  let notes: unknown;
  let format = options.format === undefined ? undefined : requireFormat(options.format);
  for (let pass = 1; ; pass += 1) {
    const report = await openReport(source, limits, options.signal);
    format ??= findFormat(report, source.name);
    const gathering = new Gathering(format, { limits, notes, mapping: options.mapping ?? {} }, (record, index) => {
      gathering.count(`${record.kind}s`);
      if (record.kind === "finding" && record.positional === true) gathering.repeats.add(record, index);
    });
    for await (const _ of sweep(report, format, gathering, source.name)) options.signal?.throwIfAborted();
    if (!gathering.wantsAgain || pass === mostPasses) return surveyOf(format, report, gathering);
    notes = gathering.kept;
  }
}

function requireFormat(name: string): Format {
  const format = formatOf(name);
  if (format !== undefined) return format;
  const names = formats.map((one) => one.name);
  throw new FormatError("FORMAT_UNKNOWN", "", `there is no such format; there are ${names.join(", ")}`, names);
}

function findFormat(report: OpenReport, name: string | undefined): Format {
  const { chosen, candidates } = chooseFormat(readHead(report.head, name, report.whole));
  if (chosen !== undefined) return requireFormat(chosen);
  const names = candidates.map(({ format }) => format);
  const reason =
    names.length === 0
      ? "no known scanner writes such a report; say which format it has"
      : `the report may be ${names.join(" or ")}; say which format it has`;
  throw new FormatError("FORMAT_UNKNOWN", "", reason, names);
}

function surveyOf(format: Format, report: OpenReport, gathering: Gathering): ReportSurvey {
  const { toolName, seriesName, repeats } = gathering;
  return {
    format: format.name,
    source: format.source ?? sourceOf(toolName),
    tool: toolName === "" ? (format.source ?? "") : toolName,
    toolVersion: gathering.toolVersion,
    startedAt: gathering.started,
    finishedAt: gathering.finished,
    outcome: gathering.isCutOff ? "partial" : "read",
    sha256: report.digest(),
    bytes: report.measure.bytes,
    encoding: report.encoding,
    coverage: gathering.coverage,
    ...(seriesName === undefined ? {} : { series: seriesName }),
    counts: gathering.counts,
    rejects: gathering.rejects,
    rejected: gathering.rejected,
    warnings: gathering.warnings,
    repeated: repeats.groups,
    plan: {
      limits: gathering.limits,
      notes: gathering.kept,
      mapping: gathering.mapping,
      occurrences: repeats.occurrences,
      again: repeats.again,
    },
  };
}
