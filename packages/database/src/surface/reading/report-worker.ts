// A thread that reads a large report: it is surveyed, and its records are handed out batch by batch, as they are asked for.
import { readRecords, type ReportSource, type ReportSurvey, type ScanRecord, surveyReport } from "@nerve/formats";
import { createReadStream } from "node:fs";
import { serve } from "../../threads/serve.ts";
import { readingReport, ReportError } from "../importing/report/report-errors.ts";
import type { ReadOutcome, Reading, Survey } from "./report-reader.ts";

interface Opened {
  readonly source: ReportSource;
  readonly survey: ReportSurvey;
}

let opened: Opened | undefined;
let batches: AsyncGenerator<readonly ScanRecord[]> | undefined;

/** Classes are lost on the way to the other thread: what is wrong with the report goes as what it is. */
async function outcomeOf<T>(read: () => Promise<T>): Promise<ReadOutcome<T>> {
  try {
    return { read: await readingReport(read) };
  } catch (error) {
    if (error instanceof ReportError) {
      const { code, message, place } = error;
      return { refused: { code, message, place } };
    }
    throw error;
  }
}

interface Surveying {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly reading: Reading;
}

serve({
  survey: ({ path, name, size, reading }: Surveying) =>
    outcomeOf(async (): Promise<Survey> => {
      const source = { name, size, open: () => createReadStream(path) };
      opened = { source, survey: await surveyReport(source, reading) };
      const { plan: _plan, ...survey } = opened.survey;
      return survey;
    }),
  begin: ({ batch }: { readonly batch?: number }) =>
    outcomeOf(async () => {
      if (opened === undefined) throw new TypeError("The report was not surveyed.");
      batches = readRecords(opened.source, opened.survey, { batch });
      return true;
    }),
  next: () =>
    outcomeOf(async () => {
      const next = await batches?.next();
      return next === undefined || next.done === true ? null : next.value;
    }),
});
