import { CsvError, type Options, parse } from "csv-parse";
import { FormatError } from "../errors/format-error.ts";
import type { Feed, FeedCollector } from "../format/format.ts";
import type { Head } from "../head/head.ts";

/** Reads rows of cells, with the line where each ends. The first row is a row like the others. */
export function csvFeed(
  head: Pick<Head, "delimiter">,
  into: FeedCollector,
  onRow: (cells: readonly string[], line: number) => void,
): Feed {
  const options: Options = {
    delimiter: head.delimiter,
    bom: true,
    max_record_size: into.limits.line,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
  };
  const parser = parse(options);
  // Errors are asked for after each piece; the event would come too late.
  parser.on("error", () => undefined);
  const drain = () => {
    for (let row = next(); row !== null; row = next()) onRow(row.record, row.info.lines);
  };
  const next = () => parser.read() as { record: string[]; info: { lines: number } } | null;
  const place = () => `line ${parser.info.lines}`;
  return {
    write(text) {
      parser.write(text);
      drain();
      if (parser.errored !== null) throw refusal(parser.errored, place(), into);
    },
    end() {
      parser.end();
      drain();
      const error = parser.errored;
      if (error === null) return;
      if (error instanceof CsvError && error.code === "CSV_QUOTE_NOT_CLOSED")
        into.cutOff("a quoted cell is not closed", place());
      else throw refusal(error, place(), into);
    },
  };
}

function refusal(error: Error, place: string, into: FeedCollector): Error {
  if (!(error instanceof CsvError)) return error;
  if (error.code === "CSV_MAX_RECORD_SIZE")
    return new FormatError("REPORT_UNSAFE", place, `a row is longer than ${into.limits.line} characters`);
  return new FormatError("REPORT_MALFORMED", place, "the CSV is malformed");
}
