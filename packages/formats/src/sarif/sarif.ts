import type { Format } from "../format/format.ts";
import { detectSarif } from "./detect.ts";
import { readSarif } from "./read.ts";

/** The tool is named in the report, so the format has no source of its own. */
export const sarif: Format = {
  name: "sarif",
  files: ["JSON"],
  target: "where unnamed",
  coverage: "named",
  context: "the file and its code, else the place in the structure of the program",
  detect: detectSarif,
  read: readSarif,
};
