import type { Format } from "../format/format.ts";
import { detectZap } from "./detect.ts";
import { readZap } from "./read.ts";

export const zap: Format = {
  name: "zap",
  source: "zap",
  aliases: ["owasp zap", "zap by checkmarx", "zaproxy"],
  files: ["XML", "JSON"],
  coverage: "named",
  detect: detectZap,
  read: readZap,
};
