/** Why a report is refused. */
export type FormatErrorCode = "FORMAT_UNKNOWN" | "REPORT_MALFORMED" | "REPORT_UNSAFE" | "REPORT_TOO_LARGE";

/** A report was refused. Names the place and the reason, and never holds content of the report. */
export class FormatError extends Error {
  readonly code: FormatErrorCode;
  /** `line 3`, `byte 120`, or empty where the whole report is meant. */
  readonly place: string;
  /** With `FORMAT_UNKNOWN`, the formats that it may be, best first. */
  readonly candidates: readonly string[];

  constructor(code: FormatErrorCode, place: string, reason: string, candidates: readonly string[] = []) {
    super(place === "" ? reason : `${place}: ${reason}`);
    this.name = new.target.name;
    this.code = code;
    this.place = place;
    this.candidates = candidates;
  }
}
