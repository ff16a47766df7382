import { formats } from "@nerve/formats";

/** A format of reports. */
export interface ReportFormat {
  /** As `format` names it. */
  readonly name: string;
  /** The tool's family; null where the report says which tool wrote it. */
  readonly source: string | null;
  /** In which ways its reports are written: `JSON`, `XML`. */
  readonly files: readonly string[];
  /** Whether some of its reports do not say what was scanned, so that `target` has to. */
  readonly needsTarget: boolean;
  /** `named`: a report speaks for what it names, found clean or not; `hits`: for nothing, unless whoever sends it says so. */
  readonly coverage: "named" | "hits";
}

/**
 * Lists the formats of reports that are read.
 *
 * @returns the formats, in the order in which they are documented
 * @example
 * const names = listReportFormats().map(({ name }) => name);
 */
export function listReportFormats(): ReportFormat[] {
  return formats.map(({ name, source = null, files, target, coverage }) => ({
    name,
    source,
    files,
    needsTarget: target !== undefined,
    coverage,
  }));
}
