import type { Format } from "../format/format.ts";
import { detectNaabu } from "./detect.ts";
import { readNaabu } from "./read.ts";

export const naabu: Format = {
  name: "naabu",
  source: "naabu",
  files: ["JSON lines"],
  coverage: "hits",
  detect: detectNaabu,
  read: readNaabu,
};
