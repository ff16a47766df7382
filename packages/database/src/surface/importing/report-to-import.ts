import type { ReportSource, ReportSurvey } from "@nerve/formats";
import { z } from "zod";
import { recordId, text } from "../../validation/input.ts";

const importInput = {
  companyId: recordId(),
  format: text({ min: 1, max: 50 }).optional(),
  mapping: z.record(z.string().max(100), z.string().max(200)).optional(),
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
  /** Records that are merged in one transaction. */
  sliceRecords: z.int().min(1).max(5000).default(5000),
  /** How long it waits for another import of its series. */
  waitMs: z.int().min(0).max(600_000).default(30_000),
};
export const importSchema = z.strictObject(importInput);

/** What is said of a report that is to be imported. */
export type ReportToImport = z.input<typeof importSchema> & {
  readonly source: ReportSource;
  readonly onProgress?: (progress: { records: number }) => void;
  readonly signal?: AbortSignal;
};
export type Options = z.output<typeof importSchema>;

/** A report that was surveyed. */
export interface Report {
  readonly source: ReportSource;
  readonly survey: ReportSurvey;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: { records: number }) => void) | undefined;
}
