import type { Format } from "../format/format.ts";
import { detectTrufflehog } from "./detect.ts";
import { readTrufflehog } from "./read.ts";

export const trufflehog: Format = {
  name: "trufflehog",
  source: "trufflehog",
  files: ["JSON lines"],
  target: "where unnamed",
  coverage: "hits",
  context: "the file and the secret, of which only a digest is kept",
  detect: detectTrufflehog,
  read: readTrufflehog,
};
