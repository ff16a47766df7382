import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";

/** A folder on a disk of its own that is nearly full from the start. */
export interface SmallDisk {
  readonly folder: string;
  remove(): void;
}

/**
 * Makes a disk of so many bytes in memory.
 * @returns undefined where this account may not mount one
 */
export function makeSmallDisk(folder: string, bytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=700`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return {
    folder,
    remove() {
      execFileSync("umount", [folder], { stdio: "ignore" });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
