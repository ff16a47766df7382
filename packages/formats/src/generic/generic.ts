import type { Format } from "../format/format.ts";
import { detectCsv } from "./detect.ts";
import { readCsv } from "./read.ts";

/** The name of the tool is not in the rows; the caller's series tells reports of several tools apart. */
export const csv: Format = {
  name: "csv",
  source: "csv",
  files: ["CSV"],
  target: "where unnamed",
  coverage: "hits",
  context: "what the report gives as context, with path and component",
  detect: detectCsv,
  read: readCsv,
};
