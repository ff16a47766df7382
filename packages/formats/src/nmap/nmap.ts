import type { Format } from "../format/format.ts";
import { detectNmap } from "./detect.ts";
import { readNmap } from "./read.ts";

export const nmap: Format = {
  name: "nmap",
  source: "nmap",
  files: ["XML"],
  coverage: "named",
  detect: detectNmap,
  read: readNmap,
};
