import { findingKey, type ReportSource, type ScanRecord, type Severity, worstSeverity } from "@nerve/formats";
import { z } from "zod";
import type { JsonValue } from "../../../schema/kit/index.ts";
import { parseInput } from "../../../validation/input.ts";
import { maskText } from "../../evidence/mask-text.ts";
import { type Survey, withReader } from "../../reading/report-reader.ts";
import { formatField, mappingField } from "./report-to-import.ts";

/** Most records of a kind that are shown. */
const mostSamples = 5;

const inspectSchema = z.strictObject({ format: formatField, mapping: mappingField });

/** What a report holds. */
export interface ReportInspection {
  /** What the report says of itself, and what it may speak for. */
  readonly survey: Omit<Survey, "repeated">;
  readonly counts: {
    readonly records: number;
    /** Records that tell one finding, at several places, are one. */
    readonly findings: number;
    /** Findings by the worst severity that their records give them. */
    readonly severity: Readonly<Record<Severity, number>>;
    readonly rules: number;
  };
  /** The first few records of each kind, masked as what is stored of them would be. */
  readonly samples: Readonly<Record<ScanRecord["kind"], readonly JsonValue[]>>;
}

/**
 * Reads a report without storing anything, and tells what it is, what it may speak for, and what it holds. It takes no database.
 *
 * @param source what opens the report, as often as asked; see `reportFile`
 * @param options `format`, where it cannot be told; `mapping` (headings of a CSV by field); `signal`
 * @returns what the report says of itself, how much it holds, and the first records of each kind, masked
 * @throws {ReportError} FORMAT_UNKNOWN, REPORT_MALFORMED, REPORT_UNSAFE, REPORT_TOO_LARGE
 * @example
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://inspected.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * const { survey, counts } = await inspectReport(source, { format: "nerve" });
 */
export async function inspectReport(
  source: ReportSource,
  { signal, ...given }: z.input<typeof inspectSchema> & { readonly signal?: AbortSignal } = {},
): Promise<ReportInspection> {
  const options = parseInput(inspectSchema, given);
  return withReader(source, { signal, owner: "inspections" }, async (reader) => {
    const { repeated: _repeated, ...survey } = await reader.survey(options);
    const inspection = new Inspection();
    for await (const batch of reader.records()) for (const record of batch) inspection.add(record);
    return { survey, counts: inspection.counts, samples: inspection.samples };
  });
}

class Inspection {
  readonly samples: Record<ScanRecord["kind"], JsonValue[]> = {
    finding: [],
    check: [],
    host: [],
    service: [],
    link: [],
  };
  readonly #severities = new Map<string, Severity>();
  readonly #rules = new Set<string>();
  #records = 0;

  add(record: ScanRecord): void {
    this.#records += 1;
    const samples = this.samples[record.kind];
    if (samples.length < mostSamples) samples.push(sampleOf(record));
    if (record.kind === "check" || record.kind === "finding") this.#rules.add(record.rule.key);
    if (record.kind !== "finding" || record.state === "absent") return;
    const key = record.positional === true ? `${record.index} ${findingKey(record)}` : findingKey(record);
    const known = this.#severities.get(key);
    this.#severities.set(key, known === undefined ? record.severity : worstSeverity(known, record.severity));
  }

  get counts(): ReportInspection["counts"] {
    const severity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
    for (const one of this.#severities.values()) severity[one] += 1;
    return { records: this.#records, findings: this.#severities.size, severity, rules: this.#rules.size };
  }
}

/** A record as it may be shown: without what is secret in it. */
function sampleOf(record: ScanRecord): JsonValue {
  const secrets = record.kind === "finding" && record.secret !== undefined ? [record.secret] : [];
  const shown = (_name: string, value: unknown) =>
    typeof value === "string" ? maskText(value, { secrets }).text : value;
  return JSON.parse(JSON.stringify({ ...record, secret: undefined }, shown)) as JsonValue;
}
