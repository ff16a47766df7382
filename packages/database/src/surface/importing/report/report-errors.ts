import { FormatError } from "@nerve/formats";
import { DatabaseError, type ErrorCode } from "../../../errors/index.ts";
import { translateFileError } from "../../../files/errors.ts";

/** What may be wrong with a report, or keep it from being imported or taken back. */
export type ReportErrorCode = Extract<
  ErrorCode,
  | "FORMAT_UNKNOWN"
  | "REPORT_MALFORMED"
  | "REPORT_UNSAFE"
  | "REPORT_TOO_LARGE"
  | "REPORT_OUT_OF_DATE"
  | "IMPORT_RUNNING"
  | "UNDO_BLOCKED"
>;

/** A report was refused, or an import cannot be begun or taken back. Never holds content of the report. */
export class ReportError extends DatabaseError {
  declare readonly code: ReportErrorCode;
  /** Where in the report: `line 3`, `byte 120`; empty where all of it is meant. */
  readonly place: string;

  constructor(
    code: ReportErrorCode,
    { place = "", ...options }: { message?: string; cause?: unknown; place?: string } = {},
  ) {
    super(code, options);
    this.place = place;
  }
}

/** Runs what reads a report; what the reader refuses becomes an error of this package. */
export async function readingReport<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof FormatError)) throw translateFileError(error);
    throw new ReportError(error.code, {
      message: `${error.message[0]?.toUpperCase()}${error.message.slice(1)}.`,
      place: error.place,
      cause: error,
    });
  }
}
