import type { Format } from "../format/format.ts";
import { detectHttpx } from "./detect.ts";
import { readHttpx } from "./read.ts";

export const httpx: Format = {
  name: "httpx",
  source: "httpx",
  files: ["JSON lines"],
  coverage: "hits",
  detect: detectHttpx,
  read: readHttpx,
};
