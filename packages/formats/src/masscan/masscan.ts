import type { Format } from "../format/format.ts";
import { detectMasscan } from "./detect.ts";
import { readMasscan } from "./read.ts";

export const masscan: Format = {
  name: "masscan",
  source: "masscan",
  files: ["JSON", "JSON lines", "XML"],
  coverage: "hits",
  detect: detectMasscan,
  read: readMasscan,
};
