import type { Format } from "../format/format.ts";
import { detectNmap } from "./detect.ts";
import { readNmap } from "./read.ts";

export const nmap: Format = {
  name: "nmap",
  source: "nmap",
  files: ["XML"],
  coverage: "named",
  context: "vendor and product of the software",
  detect: detectNmap,
  read: readNmap,
};
