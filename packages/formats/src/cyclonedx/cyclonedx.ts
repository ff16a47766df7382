import type { Format } from "../format/format.ts";
import { detectCyclonedx } from "./detect.ts";
import { readCyclonedx } from "./read.ts";

export const cyclonedx: Format = {
  name: "cyclonedx",
  source: "cyclonedx",
  files: ["JSON", "XML"],
  target: "where unnamed",
  coverage: "named",
  context: "type and name of the package",
  detect: detectCyclonedx,
  read: readCyclonedx,
};
