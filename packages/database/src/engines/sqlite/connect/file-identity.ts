import { statSync } from "node:fs";

/** Tells files apart whatever their names: device and inode. Undefined where there is no such file. */
export function identityOf(file: string): string | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}
