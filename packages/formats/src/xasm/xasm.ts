import type { Format } from "../format/format.ts";
import { detectXasm } from "./detect.ts";
import { readXasm } from "./read.ts";

export const xasm: Format = {
  name: "xasm",
  source: "xasm",
  files: ["JSON"],
  coverage: "named",
  detect: detectXasm,
  read: readXasm,
};
