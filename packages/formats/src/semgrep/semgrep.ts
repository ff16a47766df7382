import type { Format } from "../format/format.ts";
import { detectSemgrep } from "./detect.ts";
import { readSemgrep } from "./read.ts";

export const semgrep: Format = {
  name: "semgrep",
  source: "semgrep",
  aliases: ["semgrep oss", "semgrep pro", "semgrep community edition", "opengrep"],
  files: ["JSON"],
  target: "where unnamed",
  coverage: "named",
  context: "the file and its code; of a dependency the file and the package",
  detect: detectSemgrep,
  read: readSemgrep,
};
