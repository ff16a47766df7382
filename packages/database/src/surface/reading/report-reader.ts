import { readRecords, type ReportSource, type ReportSurvey, type ScanRecord, surveyReport } from "@nerve/formats";
import { fewAtOnce } from "../../threads/few-at-once.ts";
import { type Thread, threadModule, withThread } from "../../threads/thread.ts";
import { readOnThreadFrom } from "../../validation/input.ts";
import { readingReport, ReportError, type ReportErrorCode } from "../importing/report/report-errors.ts";
import type { ReportFile } from "./report-file.ts";

/** What a first reading tells; what the second has to know of it stays with the reader. */
export type Survey = Omit<ReportSurvey, "plan">;

/** How a report is read. */
export interface Reading {
  readonly format?: string | undefined;
  /** For rows of any tool: the headings of fields. */
  readonly mapping?: Readonly<Record<string, string>> | undefined;
}

/** Reads one report, on whichever thread; what is wrong with it is thrown as a `ReportError`. */
export interface ReportReader {
  /** Reads all of it, before its records are asked for. */
  readonly survey: (reading: Reading) => Promise<Survey>;
  /** Reads its records, in batches of at most `batch` (default 500); as often as asked, one time after the other. */
  readonly records: (options?: { readonly batch?: number }) => AsyncGenerator<readonly ScanRecord[]>;
}

/** What a thread answers: what it read, or what is wrong with the report. */
export type ReadOutcome<T> = { readonly read: T } | { readonly refused: Refused };

interface Refused {
  readonly code: ReportErrorCode;
  readonly message: string;
  readonly place: string;
}

interface Waiting {
  /** Ends the reading; whoever reads gets the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Whose report it is: each has a turn before anybody has a second. */
  readonly owner: string;
}

/** Each holds a thread until its report is taken in; more would leave no processor for anything else. */
const onThread = fewAtOnce(2);

/** Works with a report; a large file is read on a thread, since that would hold up the event loop. */
export async function withReader<T>(
  source: ReportSource | ReportFile,
  { signal, owner }: Waiting,
  work: (reader: ReportReader) => Promise<T>,
): Promise<T> {
  if (!("path" in source) || source.size < readOnThreadFrom) return work(readHere(source, signal));
  const module = threadModule(import.meta.url, "report-worker");
  const read = () => withThread(module, (thread) => whileNotAborted(thread, source, signal, work));
  return onThread(read, { owner });
}

function readHere(source: ReportSource, signal: AbortSignal | undefined): ReportReader {
  let whole: ReportSurvey | undefined;
  return {
    async survey(reading) {
      whole = await readingReport(() => surveyReport(source, { ...reading, signal }));
      const { plan: _plan, ...survey } = whole;
      return survey;
    },
    async *records({ batch } = {}) {
      if (whole === undefined) throw new TypeError("The report was not surveyed.");
      const batches = readRecords(source, whole, { signal, batch });
      try {
        for (;;) {
          const next = await readingReport(() => batches.next());
          if (next.done === true) return;
          yield next.value;
        }
      } finally {
        await batches.return(undefined);
      }
    },
  };
}

/** A thread does one thing after the other, and hears nothing meanwhile: to stop it, it is ended. */
async function whileNotAborted<T>(
  thread: Thread,
  source: ReportFile,
  signal: AbortSignal | undefined,
  work: (reader: ReportReader) => Promise<T>,
): Promise<T> {
  const end = () => void thread.end();
  signal?.throwIfAborted();
  signal?.addEventListener("abort", end, { once: true });
  try {
    return await work(readOn(thread, source));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

function readOn(thread: Thread, { path, name, size }: ReportFile): ReportReader {
  const ask = async <T>(task: string, input?: unknown): Promise<T> => {
    const outcome = await readingReport(() => thread.call<ReadOutcome<T>>(task, input));
    if ("read" in outcome) return outcome.read;
    const { code, message, place } = outcome.refused;
    throw new ReportError(code, { message, place });
  };
  return {
    survey: (reading) => ask("survey", { path, name, size, reading }),
    async *records(options = {}) {
      await ask("begin", options);
      let next = ask<readonly ScanRecord[] | null>("next");
      for (;;) {
        const batch = await next;
        if (batch === null) return;
        // One ahead, and no more: the thread reads while this batch is worked on.
        next = ask("next");
        next.catch(() => undefined);
        yield batch;
      }
    },
  };
}
