import type { Format } from "../format/format.ts";
import { detectGitleaks } from "./detect.ts";
import { readGitleaks } from "./read.ts";

export const gitleaks: Format = {
  name: "gitleaks",
  source: "gitleaks",
  files: ["JSON"],
  target: "where unnamed",
  coverage: "hits",
  context: "the file and the secret, of which only a digest is kept",
  detect: detectGitleaks,
  read: readGitleaks,
};
