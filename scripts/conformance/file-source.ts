import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import type { ReportSource } from "@nerve/formats";

type SizedSource = ReportSource & { readonly size: number };

/** A report of the folder, as readers take it. */
export function fileSource(folder: string, path: string): SizedSource {
  const file = join(folder, path);
  return { name: path, size: statSync(file).size, open: () => createReadStream(file) };
}

/** Whether so little is in it that no format can be found: an empty file, `null`, `[]`. */
export function isEmpty({ size }: SizedSource): boolean {
  return size <= 4;
}
