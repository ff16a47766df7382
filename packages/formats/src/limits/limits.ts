const kibi = 1024;
const mebi = 1024 * kibi;

/** How much of each thing a report may hold. All are in bytes, code units or numbers of things. */
export interface Limits {
  /** The report as it is given. */
  readonly report: number;
  /** The report after gunzip, and how many times larger than before. */
  readonly unpacked: number;
  readonly ratio: number;
  /** Elements within elements; and objects and lists within each other. */
  readonly depth: number;
  readonly attributes: number;
  /** Text of XML between two events. */
  readonly xmlText: number;
  /** An element of XML that is kept whole until it ends. */
  readonly xmlElement: number;
  /** A value of JSON that is kept whole, and a string in it. */
  readonly jsonElement: number;
  readonly jsonString: number;
  readonly line: number;
  readonly records: number;
  readonly rules: number;
}

export const defaultLimits: Limits = {
  report: 256 * mebi,
  unpacked: 1024 * mebi,
  ratio: 200,
  depth: 64,
  attributes: 256,
  xmlText: 16 * mebi,
  xmlElement: 128 * mebi,
  jsonElement: 32 * mebi,
  jsonString: 16 * mebi,
  line: 16 * mebi,
  records: 2_000_000,
  rules: 100_000,
};

/** The most code points that a text keeps; the rest is cut off, with an ellipsis in its place. */
export const longestText = {
  title: 500,
  message: 4000,
  url: 2048,
  path: 1024,
  key: 300,
  name: 600,
  evidence: 1_048_576,
};
