import type { Format } from "../format/format.ts";
import { detectAmass } from "./detect.ts";
import { readAmass } from "./read.ts";

export const amass: Format = {
  name: "amass",
  source: "amass",
  files: ["JSON lines", "text"],
  coverage: "hits",
  detect: detectAmass,
  read: readAmass,
};
