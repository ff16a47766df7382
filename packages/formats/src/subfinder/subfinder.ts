import type { Format } from "../format/format.ts";
import { detectSubfinder } from "./detect.ts";
import { readSubfinder } from "./read.ts";

export const subfinder: Format = {
  name: "subfinder",
  source: "subfinder",
  files: ["JSON lines"],
  coverage: "hits",
  detect: detectSubfinder,
  read: readSubfinder,
};
