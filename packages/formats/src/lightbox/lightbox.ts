import type { Format } from "../format/format.ts";
import { detectLightbox } from "./detect.ts";
import { readLightbox } from "./read.ts";

export const lightbox: Format = {
  name: "lightbox",
  source: "lightbox",
  files: ["JSON"],
  coverage: "named",
  context: "the file or path, and the name of the matcher",
  detect: detectLightbox,
  read: readLightbox,
};
