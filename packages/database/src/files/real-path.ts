import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** More links than this lead nowhere: the system gives up no later. */
const mostLinks = 40;

/**
 * Tells where a path leads once every symbolic link on it is followed, whether or not there is something at its end.
 * What may not be looked at is taken as it is written.
 */
export function realPathOf(path: string, links = mostLinks): string {
  const whole = resolve(path);
  try {
    return realpathSync.native(whole);
  } catch {
    const folder = dirname(whole);
    if (folder === whole) return whole;
    const target = links > 0 ? linkTarget(whole) : null;
    if (target !== null) return realPathOf(resolve(realPathOf(folder, links), target), links - 1);
    return join(realPathOf(folder, links), basename(whole));
  }
}

/** Where a link that leads to nothing yet points; null where there is no link. */
function linkTarget(path: string): string | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}
