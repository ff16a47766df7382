import type { Format } from "../format/format.ts";
import { detectKatana } from "./detect.ts";
import { readKatana } from "./read.ts";

export const katana: Format = {
  name: "katana",
  source: "katana",
  files: ["JSON lines"],
  coverage: "hits",
  detect: detectKatana,
  read: readKatana,
};
