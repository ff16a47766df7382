import type { Format } from "../format/format.ts";
import { detectBurp } from "./detect.ts";
import { readBurp } from "./read.ts";

export const burp: Format = {
  name: "burp",
  source: "burp",
  aliases: ["burp suite", "burp suite professional"],
  files: ["XML"],
  coverage: "hits",
  detect: detectBurp,
  read: readBurp,
};
