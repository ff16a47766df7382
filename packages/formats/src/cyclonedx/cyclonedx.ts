import type { Format } from "../format/format.ts";
import { detectCyclonedx } from "./detect.ts";
import { readCyclonedx } from "./read.ts";

export const cyclonedx: Format = {
  name: "cyclonedx",
  source: "cyclonedx",
  files: ["JSON", "XML"],
  target: "where unnamed",
  coverage: "named",
  detect: detectCyclonedx,
  read: readCyclonedx,
};
