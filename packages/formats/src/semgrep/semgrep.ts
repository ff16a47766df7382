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
  detect: detectSemgrep,
  read: readSemgrep,
};
