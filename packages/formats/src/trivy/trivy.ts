import type { Format } from "../format/format.ts";
import { detectTrivy } from "./detect.ts";
import { readTrivy } from "./read.ts";

export const trivy: Format = {
  name: "trivy",
  source: "trivy",
  aliases: ["aqua security trivy", "aquasecurity trivy"],
  files: ["JSON"],
  target: "where unnamed",
  coverage: "named",
  context: "type and name of the package; else the file with the resource, or with the masked line",
  detect: detectTrivy,
  read: readTrivy,
};
