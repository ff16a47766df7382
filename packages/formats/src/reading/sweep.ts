import { FormatError } from "../errors/format-error.ts";
import type { Format } from "../format/format.ts";
import { readHead } from "../head/head.ts";
import type { OpenReport } from "../source/open-report.ts";
import type { Gathering } from "./gathering.ts";

/** What stands for "nothing found" where a tool writes no report proper. */
const empty = /^\s*(?:null|\[\s*\])?\s*$/;

/** Reads a report from beginning to end, giving way after each piece of it. */
export async function* sweep(
  report: OpenReport,
  format: Format,
  into: Gathering,
  name: string | undefined,
): AsyncGenerator<void> {
  if (isEmpty(report)) {
    for await (const _ of report.text) yield;
    if (format.coverage === "named") into.coverNothing("the report is empty");
    return;
  }
  const feed = format.read(readHead(report.head, name, report.whole), into);
  for await (const text of report.text) {
    try {
      feed.write(text);
    } catch (error) {
      throw translate(error);
    }
    yield;
  }
  feed.end();
  if (report.measure.cutOff) into.cutOff("the gzip stream ends too early");
  if (report.measure.replaced > 0)
    into.warn(`${report.measure.replaced} characters are none of the encoding ${report.encoding}, and were replaced`);
}

export function isEmpty(report: OpenReport): boolean {
  return report.whole && empty.test(report.head);
}

/** A report may exhaust the stack of a library; what it says then is none of the caller's. */
function translate(error: unknown): unknown {
  if (error instanceof RangeError) return new FormatError("REPORT_UNSAFE", "", "the report is nested too deeply");
  return error;
}
