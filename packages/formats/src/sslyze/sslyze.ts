import type { Format } from "../format/format.ts";
import { detectSslyze } from "./detect.ts";
import { readSslyze } from "./read.ts";

export const sslyze: Format = {
  name: "sslyze",
  source: "sslyze",
  files: ["JSON"],
  coverage: "named",
  detect: detectSslyze,
  read: readSslyze,
};
