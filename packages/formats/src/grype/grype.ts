import type { Format } from "../format/format.ts";
import { detectGrype } from "./detect.ts";
import { readGrype } from "./read.ts";

export const grype: Format = {
  name: "grype",
  source: "grype",
  aliases: ["anchore grype"],
  files: ["JSON"],
  target: "where unnamed",
  coverage: "named",
  context: "type and name of the package",
  detect: detectGrype,
  read: readGrype,
};
