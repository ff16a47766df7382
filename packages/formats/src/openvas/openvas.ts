import type { Format } from "../format/format.ts";
import { detectOpenvas } from "./detect.ts";
import { readOpenvas } from "./read.ts";

export const openvas: Format = {
  name: "openvas",
  source: "openvas",
  aliases: ["gvm", "greenbone"],
  files: ["XML", "CSV"],
  coverage: "named",
  detect: detectOpenvas,
  read: readOpenvas,
};
