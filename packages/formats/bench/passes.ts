import { JSONParser } from "@streamparser/json";
import { readRecords, surveyReport } from "@nerve/formats";
import { SaxesParser } from "saxes";
import { type BenchReport, benchReport, piecesOf, sourceOf } from "./reports.ts";

const mebi = 1024 * 1024;

/** What a report is compared with: one pass of the parser that its reader uses, with nothing done. */
interface Kind {
  readonly name: string;
  readonly against: string;
  readonly atLeast: number;
  readonly formats: readonly string[];
  readonly pass: (report: BenchReport) => void;
}

const paths: Readonly<Record<string, string>> = { grype: "$.matches.*", sarif: "$.runs.*.results.*" };

const kinds: readonly Kind[] = [
  {
    name: "XML",
    against: "saxes with empty handlers, twice",
    atLeast: 0.6,
    formats: ["nessus", "burp"],
    pass: passXml,
  },
  { name: "JSON", against: "@streamparser/json, twice", atLeast: 0.6, formats: ["grype", "sarif"], pass: passJson },
  {
    name: "JSON lines",
    against: "JSON.parse of each line, twice",
    atLeast: 0.4,
    formats: ["nuclei"],
    pass: passLines,
  },
];

const nothing = () => undefined;

function passXml(report: BenchReport): void {
  const parser = new SaxesParser({});
  // Without a handler it does not even keep the text.
  parser.on("opentag", nothing);
  parser.on("closetag", nothing);
  parser.on("text", nothing);
  parser.on("cdata", nothing);
  for (const text of textOf(report)) parser.write(text);
  parser.close();
}

function passJson(report: BenchReport): void {
  const parser = new JSONParser({ paths: [paths[report.format] ?? ""], keepStack: false });
  parser.onValue = nothing;
  for (const piece of piecesOf(report)) parser.write(piece);
}

function passLines(report: BenchReport): void {
  let rest = "";
  for (const text of textOf(report)) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) JSON.parse(line);
  }
}

function* textOf(report: BenchReport): Generator<string> {
  const decoder = new TextDecoder();
  for (const piece of piecesOf(report)) yield decoder.decode(piece, { stream: true });
}

/** Survey and records, as an import reads them. */
async function read(report: BenchReport): Promise<number> {
  const source = sourceOf(report);
  const survey = await surveyReport(source, { format: report.format });
  let records = 0;
  for await (const batch of readRecords(source, survey)) records += batch.length;
  return records;
}

/** A format's reader and two passes of its parser over the same report. */
export interface Passes {
  readonly operation: string;
  readonly against: string;
  readonly atLeast: number;
  readonly mebibytes: number;
  readonly ours: () => Promise<void>;
  readonly other: () => void;
}

/** What the readers are compared with. A report is made when its turn comes, and forgotten after it. */
export function* passesOf(mebibytes: number, isWanted: (operation: string) => boolean): Generator<Passes> {
  for (const { name, against, atLeast, formats, pass } of kinds)
    for (const format of formats) {
      const operation = `survey and records of ${mebibytes} MiB of ${format} (${name})`;
      if (!isWanted(operation)) continue;
      const report = benchReport(format, mebibytes * mebi);
      const other = () => {
        pass(report);
        pass(report);
      };
      yield { operation, against, atLeast, mebibytes, ours: async () => void (await read(report)), other };
    }
}
