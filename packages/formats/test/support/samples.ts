import { Buffer } from "node:buffer";
import {
  readRecords,
  type ReportSource,
  type ReportSurvey,
  type ScanRecord,
  surveyReport,
  type SurveyOptions,
} from "@nerve/formats";
import { networkSamples } from "./network-samples.ts";
import { softwareSamples } from "./software-samples.ts";

/** A report of some text or bytes. */
export function reportOf(content: string | Uint8Array, name?: string): ReportSource {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return {
    name,
    size: bytes.length,
    async *open() {
      yield await Promise.resolve(bytes);
    },
  };
}

/** Surveys a report and reads all of its records. */
export async function readAll(
  content: string | Uint8Array,
  options?: SurveyOptions & { name?: string },
): Promise<{ survey: ReportSurvey; records: ScanRecord[] }> {
  const report = reportOf(content, options?.name);
  const survey = await surveyReport(report, options);
  const records: ScanRecord[] = [];
  for await (const batch of readRecords(report, survey)) records.push(...batch);
  return { survey, records };
}

/** Small invented reports, by format; each is cut and flipped by the fuzzing. */
export const samples: readonly { readonly format: string; readonly text: string }[] = [
  {
    format: "nuclei",
    text: `[INF] 1 template loaded
{"template-id":"git-config","info":{"name":"Git configuration","severity":"medium","tags":"config,exposure"},"type":"http","host":"https://shop.example.org","matched-at":"https://shop.example.org/.git/config#top","matcher-name":"dump","timestamp":"2026-03-04T05:06:07Z"}
{"templateID":"CVE-2026-1111","info":{"name":"Old server","severity":"unknown","classification":{"cvss-metrics":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}},"matched":"shop.example.org:22"}
`,
  },
  ...softwareSamples,
  ...networkSamples,
];

/** The sample of a format. */
export function sampleOf(name: string): string {
  return samples.find(({ format }) => format === name)?.text ?? "";
}
