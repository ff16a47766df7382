import type { Format } from "../format/format.ts";
import { detectDnsx } from "./detect.ts";
import { readDnsx } from "./read.ts";

export const dnsx: Format = {
  name: "dnsx",
  source: "dnsx",
  files: ["JSON lines"],
  coverage: "hits",
  detect: detectDnsx,
  read: readDnsx,
};
