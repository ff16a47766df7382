import type { Format } from "../format/format.ts";
import { detectNuclei } from "./detect.ts";
import { readNuclei } from "./read.ts";

export const nuclei: Format = {
  name: "nuclei",
  source: "nuclei",
  files: ["JSON", "JSON lines"],
  coverage: "hits",
  context: "the name of the matcher or extractor",
  detect: detectNuclei,
  read: readNuclei,
};
