import {
  type FormatErrorCode,
  FormatError,
  readRecords,
  type ReportSurvey,
  type ScanRecord,
  surveyReport,
} from "@nerve/formats";
import { readSlices } from "../../surface/importing/report/slices.ts";

/** The kinds of scans, which are the names of their formats too. */
export type ScanKind = "xasm" | "lightbox";

/** The records of a scan, ready for a transaction, in which nothing is awaited but the database. */
export interface ReadScan {
  readonly survey: ReportSurvey;
  readonly slices: readonly ScanRecord[][];
}

/** A scan that was read, or why it could not be. */
export type ScanReading = ReadScan | { readonly refused: FormatErrorCode };

const sliceRecords = 5000;

/**
 * Reads the results of a scan, given as the bytes of their JSON: the readers of reports take text.
 *
 * @param options `mostRecords`: more are refused as too large
 */
export async function readScan(
  kind: ScanKind,
  bytes: Uint8Array,
  { mostRecords }: { mostRecords?: number | undefined } = {},
): Promise<ScanReading> {
  const source = {
    async *open() {
      yield bytes;
    },
  };
  const limits = mostRecords === undefined ? {} : { records: mostRecords };
  try {
    const survey = await surveyReport(source, { format: kind, limits });
    const reader = { records: ({ batch }: { batch?: number } = {}) => readRecords(source, survey, { batch }) };
    const slices: ScanRecord[][] = [];
    for await (const slice of readSlices({ reader, survey }, { sliceRecords })) slices.push(slice);
    return { survey, slices };
  } catch (error) {
    if (error instanceof FormatError) return { refused: error.code };
    throw error;
  }
}

/** How many records there are. */
export function countRecords({ slices }: ReadScan): number {
  return slices.reduce((sum, { length }) => sum + length, 0);
}
