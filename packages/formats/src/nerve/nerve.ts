import type { Format } from "../format/format.ts";
import { detectNerve } from "./detect.ts";
import { readNerve } from "./read.ts";

export const nerve: Format = {
  name: "nerve",
  source: "nerve-lines",
  files: ["JSON lines"],
  coverage: "hits",
  context: "what the report gives as context",
  detect: detectNerve,
  read: readNerve,
};
