import type { Format } from "../format/format.ts";
import { detectNessus } from "./detect.ts";
import { readNessus } from "./read.ts";

export const nessus: Format = {
  name: "nessus",
  source: "nessus",
  aliases: ["tenable nessus"],
  files: ["XML", "CSV"],
  coverage: "named",
  detect: detectNessus,
  read: readNessus,
};
