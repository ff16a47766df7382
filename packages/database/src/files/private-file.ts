import { constants, statSync, type Stats } from "node:fs";
import { type FileHandle, lstat, open, stat } from "node:fs/promises";
import { platform, userInfo } from "node:os";
import { dirname } from "node:path";
import { hasCode } from "./errors.ts";
import { realPathOf } from "./real-path.ts";

/** Why a file is not taken, as the end of a sentence that begins with its path. */
export class Untrusted extends Error {}

const root = 0;

/** The account that this process runs as; undefined where the system does not tell, as on Windows. */
function ownAccount(): number | undefined {
  if (platform() === "win32") return undefined;
  try {
    return userInfo().uid;
  } catch {
    // An account without a name, as containers have them.
    return statSync("/proc/self", { throwIfNoEntry: false })?.uid;
  }
}

/**
 * Reads a file that nobody else may have a hand in: a plain file of this account or of root, which others can neither
 * read nor write, in a folder that others cannot write. A secret that is mounted for a group is root's, and may be read
 * by the group. The open file is looked at, so that nobody can swap it after the look.
 *
 * @param path links on it are followed, if they are of this account or of root
 * @param longest more bytes than this are none of such a file
 * @returns its text; null where there is none
 * @throws {Untrusted} when somebody else may have made, read or written it
 */
export async function readPrivateFile(path: string, longest: number): Promise<string | null> {
  // A named pipe is opened without waiting for whoever may never write into it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    await requirePrivate(file, path);
    if ((await file.stat()).size > longest) throw new Untrusted("is too long to be one");
    return await file.readFile("utf8");
  } finally {
    await file.close();
  }
}

async function requirePrivate(file: FileHandle, path: string): Promise<void> {
  const found = await file.stat();
  if (!found.isFile()) throw new Untrusted(`is ${kindOf(found)}, and no plain file`);
  const account = ownAccount();
  // There are no such bits on Windows, where the folder's access list protects the file.
  if (account === undefined) return;
  const folders = [...new Set([path, realPathOf(path)].map(dirname))];
  for (const folder of folders) await requireSafeFolder(folder, account);
  const link = await lstat(path);
  const folder = await stat(dirname(path));
  requireOwn(found, account, folder);
  if (link.isSymbolicLink()) requireOwn(link, account, folder);
  if (openBits(found) !== 0) {
    throw new Untrusted(`may be read or written by other accounts (mode ${modeOf(found)})`);
  }
}

/** The bits of a mode that let others in. A secret that is mounted for a group is root's, who chose the group. */
function openBits({ mode, uid }: Stats): number {
  return mode & (uid === root && (mode & 0o037) === 0 ? 0o037 : 0o077);
}

/** Root itself, who may be looking after a service's files, takes what the owner of the folder put there. */
function requireOwn({ uid }: Stats, account: number, folder: Stats): void {
  if (uid === account || uid === root || (account === root && uid === folder.uid)) return;
  throw new Untrusted(`belongs to another account (user id ${uid})`);
}

/** In a folder that others may write they could put another file into its place, unless only owners may rename there. */
async function requireSafeFolder(path: string, account: number): Promise<void> {
  const { mode, uid } = await stat(path);
  if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) throw new Untrusted(`lies in ${path}, where everybody may write`);
  if (uid === account || uid === root || account === root) return;
  throw new Untrusted(`lies in ${path}, which belongs to another account (user id ${uid})`);
}

function modeOf({ mode }: Stats): string {
  return `0${(mode & 0o777).toString(8)}`;
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a folder";
  if (found.isFIFO()) return "a named pipe";
  return found.isSocket() ? "a socket" : "a device";
}

/** A file or folder that other accounts may read or write, which belong to whoever runs NERVE alone. */
export interface Exposure {
  readonly path: string;
  /** The bits of its mode, in octal: `0644`. */
  readonly mode: string;
}

/** Finds files and folders that other accounts may enter, read or write; what is not there is left out. */
export async function findExposed(paths: readonly string[]): Promise<Exposure[]> {
  if (platform() === "win32") return [];
  const exposed: Exposure[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && openBits(found) !== 0) exposed.push({ path, mode: modeOf(found) });
  }
  return exposed;
}
