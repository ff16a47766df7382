import { isAbsolute, relative, sep } from "node:path";
import { realPathOf } from "./real-path.ts";

/** Whether a path leads into a folder. Symbolic links are followed. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(realPathOf(folder), realPathOf(path));
  return way !== "" && !isAbsolute(way) && way.split(sep)[0] !== "..";
}
