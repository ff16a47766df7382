import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import {
  readRecords,
  type ReportSource,
  type ReportSurvey,
  type ScanRecord,
  surveyReport,
  type SurveyOptions,
} from "@nerve/formats";

/** A report of some text or bytes, which comes in pieces of a size. */
export function reportOf(content: string | Uint8Array, name?: string, size = 65_536): ReportSource {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return {
    name,
    size: bytes.length,
    async *open() {
      for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
    },
  };
}

/** Surveys a report and reads all of its records. */
export async function readAll(
  content: string | Uint8Array,
  options?: SurveyOptions & { name?: string; size?: number },
): Promise<{ survey: ReportSurvey; records: ScanRecord[] }> {
  const report = reportOf(content, options?.name, options?.size);
  const survey = await surveyReport(report, options);
  const records: ScanRecord[] = [];
  for await (const batch of readRecords(report, survey)) records.push(...batch);
  return { survey, records };
}

const folder = new URL("../samples/", import.meta.url);

export interface Sample {
  readonly format: string;
  readonly file: string;
  readonly text: string;
  /** Its format has to be given: it is not known by its content. */
  readonly given: boolean;
}

/** Small invented reports: the files of `samples/`, named `FORMAT.EXTENSION` or `FORMAT.VARIANT.EXTENSION`. */
export const samples: readonly Sample[] = readdirSync(folder)
  .toSorted()
  .map((file) => {
    const [format = "", variant = ""] = file.split(".");
    return { format, file, text: readFileSync(new URL(file, folder), "utf8"), given: variant === "given" };
  });

/** The text of a sample, by the name of its file. */
export function sampleOf(name: string): string {
  const sample = samples.find(({ file }) => file === name);
  if (sample === undefined) throw new Error(`there is no sample ${name}`);
  return sample.text;
}
