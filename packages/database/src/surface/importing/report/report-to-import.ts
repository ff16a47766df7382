import type { ReportSource } from "@nerve/formats";
import { z } from "zod";
import { recordId, text } from "../../../validation/input.ts";
import type { ReportFile } from "../../reading/report-file.ts";
import type { ReportReader, Survey } from "../../reading/report-reader.ts";

/** The name of a format; `auto`, as when it is left out, finds it out. */
export const formatField = text({ min: 1, max: 50 })
  .transform((name) => (name === "auto" ? undefined : name))
  .optional();
/** For rows of any tool: the headings of fields. */
export const mappingField = z.record(z.string().max(100), z.string().max(200)).optional();

/** Most records that one transaction takes in. */
export const mostOfTransaction = 5000;

/**
 * Records that are merged in one transaction. On SQLite everybody else who writes waits for its end: on a busy machine 0.2 to 0.4 s
 * with 500, three with 5,000, for the same processor time in all.
 */
export const sliceField = z.int().min(1).max(mostOfTransaction).default(500);

/** What may be said of a report, field by field. */
export const importFields = {
  companyId: recordId().optional(),
  format: formatField,
  mapping: mappingField,
  target: text({ min: 1, max: 600 }).optional(),
  series: text({ max: 200 }).optional(),
  covers: z
    .array(text({ min: 1, max: 600 }))
    .max(10_000)
    .optional(),
  complete: z.boolean().default(false),
  partial: z.boolean().default(false),
  close: z.enum(["covered", "never", "unheld"]).default("covered"),
  asNewest: z.boolean().default(false),
  scanId: text({ min: 1, max: 255 }).optional(),
  fileName: text({ min: 1, max: 255 }).optional(),
  scannedAt: z.date().optional(),
  dryRun: z.boolean().default(false),
  sliceRecords: sliceField,
  /** How long it waits for another import of its series. */
  waitMs: z.int().min(0).max(600_000).default(30_000),
};
export const importSchema = z.strictObject(importFields);

/** How far an import of several slices is. */
export interface ImportProgress {
  readonly importId: number;
  /** Records that are merged. */
  readonly records: number;
}

/** What is said of a report that is to be imported. */
export type ReportToImport = z.input<typeof importSchema> & {
  readonly source: ReportSource | ReportFile;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
};
/** What is said of it, and the company that it is for. */
export type Options = z.output<typeof importSchema> & { readonly companyId: number };

/** A report that was surveyed. */
export interface Report {
  readonly reader: ReportReader;
  readonly survey: Survey;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: ImportProgress) => void) | undefined;
}
