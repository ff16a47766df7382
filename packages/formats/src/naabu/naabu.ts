import type { Format } from "../format/format.ts";
import { detectNaabu } from "./detect.ts";
import { readNaabu } from "./read.ts";

export const naabu: Format = { name: "naabu", source: "naabu", coverage: "hits", detect: detectNaabu, read: readNaabu };
