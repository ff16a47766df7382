import type { Format } from "../format/format.ts";
import { detectTestssl } from "./detect.ts";
import { readTestssl } from "./read.ts";

export const testssl: Format = {
  name: "testssl",
  source: "testssl",
  aliases: ["testssl.sh"],
  files: ["CSV", "JSON"],
  coverage: "named",
  detect: detectTestssl,
  read: readTestssl,
};
