import { constants, fchownSync, openSync, closeSync, fstatSync, statSync, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { platform } from "node:os";
import { dirname } from "node:path";
import { hasCode } from "./errors.ts";

/**
 * Gives a file or folder that this process has made to the account that owns the folder around it: what an administrator makes
 * by hand, the service has to be able to use. Only root can do so; for everybody else nothing changes.
 */
export async function adoptOwner(path: string): Promise<void> {
  if (platform() === "win32") return;
  const made = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    await adoptOpen(made, path);
  } finally {
    await made.close();
  }
}

/** As {@link adoptOwner}, for what is open already. */
export async function adoptOpen(made: FileHandle, path: string): Promise<void> {
  if (platform() === "win32") return;
  const owner = ownerToAdopt(await made.stat(), await stat(dirname(path)));
  if (owner !== undefined) await made.chown(owner.uid, owner.gid).catch(ignoreDenial);
}

/** As {@link adoptOwner}, at once. */
export function adoptOwnerSync(path: string): void {
  if (platform() === "win32") return;
  const made = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const owner = ownerToAdopt(fstatSync(made), statSync(dirname(path)));
    if (owner !== undefined) fchownSync(made, owner.uid, owner.gid);
  } catch (error) {
    ignoreDenial(error);
  } finally {
    closeSync(made);
  }
}

/** What has a second name may be somebody's own file that was put in the place of ours. */
function ownerToAdopt(made: Stats, around: Stats): Stats | undefined {
  const isOurs = made.isDirectory() || (made.isFile() && made.nlink === 1);
  return isOurs && made.uid !== around.uid ? around : undefined;
}

function ignoreDenial(error: unknown): void {
  if (!hasCode(error, "EPERM")) throw error;
}
