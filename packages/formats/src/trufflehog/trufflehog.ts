import type { Format } from "../format/format.ts";
import { detectTrufflehog } from "./detect.ts";
import { readTrufflehog } from "./read.ts";

export const trufflehog: Format = {
  name: "trufflehog",
  source: "trufflehog",
  files: ["JSON lines"],
  target: "where unnamed",
  coverage: "hits",
  detect: detectTrufflehog,
  read: readTrufflehog,
};
