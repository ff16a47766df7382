import type { Format } from "../format/format.ts";
import { detectNikto } from "./detect.ts";
import { readNikto } from "./read.ts";

export const nikto: Format = {
  name: "nikto",
  source: "nikto",
  files: ["JSON", "XML"],
  coverage: "named",
  detect: detectNikto,
  read: readNikto,
};
