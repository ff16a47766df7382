import type { Format } from "../format/format.ts";
import { detectDnsx } from "./detect.ts";
import { readDnsx } from "./read.ts";

export const dnsx: Format = { name: "dnsx", source: "dnsx", coverage: "hits", detect: detectDnsx, read: readDnsx };
