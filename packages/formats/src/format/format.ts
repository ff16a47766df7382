import type { Limits } from "../limits/limits.ts";
import type { Asset, ScanRecord } from "../records/records.ts";
import type { PortRange } from "../records/report-survey.ts";
import type { Head } from "../head/head.ts";

/** Takes the text of a report piece by piece, and calls its reader; made by `xmlFeed`, `jsonFeed`, `linesFeed`, `csvFeed`. */
export interface Feed {
  write(text: string): void;
  /** The report has ended, perhaps too early. */
  end(): void;
}

/** What the feeds themselves need of a collector. */
export type FeedCollector = Pick<Collector, "limits" | "cutOff">;

/** What a reader says of a report. It says the same in both passes. */
export interface Collector {
  readonly limits: Limits;
  /** What the reader left in the pass before this one, or undefined in the first. */
  readonly notes: unknown;
  /** What the caller says that columns mean, by fields. */
  readonly mapping: Readonly<Record<string, string>>;
  record(record: ScanRecord): void;
  /** Counts what `records` means for the format, and whatever else is worth telling; by word: `count("raw", "high")`. */
  count(name: string, word?: string, by?: number): void;
  /** One record is wrong in a sound report. `harmless` ones put nothing in doubt. */
  reject(place: string, reason: string, harmless?: boolean): void;
  /** A sentence for whoever sent the report; said once, without content of the report. */
  warn(sentence: string): void;
  tool(name: string, version?: string): void;
  /** When the scan began or ended; what cannot be read is left out. */
  startedAt(time: Date | undefined): void;
  finishedAt(time: Date | undefined): void;
  series(name: string): void;
  /** Adds to what a report of a `named` format covers. */
  cover(target: Asset): void;
  coverPorts(ranges: readonly PortRange[]): void;
  coverCommand(name: string, target?: Asset): void;
  /** The report tells which commands ran: what others found it does not speak of, also where none ran. */
  coverCommandsOnly(): void;
  coverExcept(path: string): void;
  /** The report speaks for nothing: the scan failed, or is one page of many. */
  coverNothing(reason: string): void;
  /** The report ends too early: outcome `partial`, coverage `none`. */
  cutOff(reason: string, place?: string): void;
  /** Reads the report once more, with these notes; only the pass without it counts. */
  again(notes: unknown): void;
  /** Keeps something for the second pass. */
  keep(notes: unknown): void;
}

/** One format of reports. Its folder holds `detect.ts`, `read.ts` and a README with its traps. */
export interface Format {
  readonly name: string;
  /** The tool's family; left out where the report says which tool wrote it. */
  readonly source?: string;
  /** Names under which other formats (SARIF) know the tool, in lower case. */
  readonly aliases?: readonly string[];
  /** In which ways its reports are written. */
  readonly files: readonly ("JSON" | "JSON lines" | "XML" | "CSV" | "text")[];
  /** Some of its reports do not say what was scanned: then the caller's target names it. Left out where all of them do. */
  readonly target?: "where unnamed";
  /** What its reports cover, when nothing is said against it. */
  readonly coverage: "named" | "hits";
  /** In words, what tells findings of one rule on one asset apart; left out where rule and asset suffice. */
  readonly context?: string;
  /** From 0 to 1, how sure it is that this is the beginning of such a report; above 0.5 is a yes. */
  readonly detect: (head: Head) => number;
  readonly read: (head: Head, into: Collector) => Feed;
}
