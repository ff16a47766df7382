import { statfsSync, statSync, type Stats } from "node:fs";
import { userInfo } from "node:os";
import { dirname, resolve } from "node:path";
import { formatBytes } from "./format-bytes.ts";

/** What the system says of a file. */
interface FileError extends Error {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly path?: unknown;
  readonly dest?: unknown;
}

/** What is told of an error: what happened, and what to do next. */
export interface Told {
  readonly message: string;
  readonly help: string;
}

/** What the system was asked to do, by the call's name, as the end of "… cannot be". */
const deeds: Readonly<Record<string, string>> = {
  open: "opened",
  mkdir: "made",
  mkdtemp: "made",
  rename: "renamed",
  link: "linked",
  unlink: "deleted",
  rm: "deleted",
  rmdir: "deleted",
  scandir: "listed",
  opendir: "listed",
  read: "read",
  write: "written",
  stat: "looked at",
  lstat: "looked at",
  access: "used",
  copyfile: "copied",
  fsync: "brought to the disk",
};

interface Cause {
  readonly reason: string;
  readonly help: string | ((path: string) => string);
}

/** Why, by the system's code, and what to do about it. */
const causes: Readonly<Record<string, Cause>> = {
  ENOENT: {
    reason: "there is no such file or folder",
    help: "Check the path, and make the folder that is missing; a path without a slash before it begins in the folder that the command is run in.",
  },
  EACCES: { reason: "this account may not", help: ownerHelp },
  EPERM: { reason: "this account may not", help: ownerHelp },
  ENOTDIR: {
    reason: "a part of the path is a file, and no folder",
    help: "Name another path, or move that file out of the way.",
  },
  EISDIR: { reason: "it is a folder, and no file", help: "Name a file in it." },
  EEXIST: { reason: "there is something else of this name", help: "Move it out of the way, or name another path." },
  EROFS: {
    reason: "the file system is read-only",
    help: "Name a place that can be written, or mount this one writable.",
  },
  EBUSY: {
    reason: "it is in use, or is a mount point itself",
    help: "Stop what uses it. Where a container mounts this one file, mount the folder around it instead.",
  },
  EMFILE: {
    reason: "this process has as many files open as it may",
    help: "Raise the limit, with `ulimit -n 4096` or LimitNOFILE= in the unit, and start again.",
  },
  ENFILE: {
    reason: "the whole system has as many files open as it may",
    help: "Find what holds so many (`lsof`), or raise fs.file-max.",
  },
  ENAMETOOLONG: { reason: "the name is too long", help: "Give a shorter one." },
  ELOOP: { reason: "its links lead in a circle", help: "Put the links right." },
  EXDEV: { reason: "the two lie on different file systems", help: "Name a folder on the same one." },
  EIO: { reason: "the disk reports a fault", help: "Look at the system's log (`dmesg`): the disk may be failing." },
};

/** Tells of a file that cannot be used: its path, the cause by its own name, and the remedy. */
export function describeFileError(error: FileError, place?: string): Told {
  const code = String(error.code);
  const path = pathOf(error, place);
  const cause = causes[code] ?? { reason: "the system refuses it", help: "See what the code means: `man errno`." };
  const deed = deeds[String(error.syscall)] ?? "used";
  const named = path ?? "A file that is open";
  const target = typeof error.dest === "string" ? ` (to ${resolve(error.dest)})` : "";
  const help = typeof cause.help === "string" ? cause.help : cause.help(path ?? ".");
  return { message: `${named} cannot be ${deed}${target}: ${cause.reason} (${code}).`, help };
}

/**
 * Tells of a disk that is full: which, how much is free, and how much is needed where that is known.
 *
 * @param neededBytes room that the work takes in all
 */
export function describeFullDisk(error: FileError, place?: string, neededBytes?: number): Told {
  const written = typeof error.dest === "string" ? resolve(error.dest) : pathOf(error, place);
  const name = error.code === "ERR_SQLITE_ERROR" ? "SQLITE_FULL" : error.code;
  const code = typeof name === "string" && /^(?:E|SQLITE)/.test(name) ? ` (${name})` : "";
  const needed = neededBytes === undefined ? "" : ` ${formatBytes(neededBytes)} are needed,`;
  const free = written === undefined ? "" : `:${needed} ${formatBytes(freeBytesAt(written))} are free`;
  return {
    message: `The disk${written === undefined ? "" : ` of ${written}`} is full${free}${code}.`,
    help: `Free some space there${error.code === "EDQUOT" ? ", or raise the account's quota" : ""}; nothing of the failed operation was kept.`,
  };
}

function pathOf({ path }: FileError, place: string | undefined): string | undefined {
  const known = typeof path === "string" && path !== "" ? path : place;
  return known === undefined ? undefined : resolve(known);
}

/** The nearest thing on the way to a path that this account can look at. */
function nearest(path: string): { path: string; found: Stats } | undefined {
  try {
    return { path, found: statSync(path) };
  } catch {
    const above = dirname(path);
    return above === path ? undefined : nearest(above);
  }
}

function freeBytesAt(path: string): number {
  const { path: there = "/" } = nearest(path) ?? {};
  const { bavail, bsize } = statfsSync(there);
  return bavail * bsize;
}

function ownerHelp(path: string): string {
  const near = nearest(path);
  const own = ownName();
  if (near === undefined) return `This is ${own}. Run the command as the account that owns it.`;
  const owner = near.found.uid;
  return (
    `${near.path} belongs to user id ${owner}, and this is ${own}. ` +
    `Run the command as its owner (\`sudo -u '#${owner}' …\`), or give this account the right.`
  );
}

function ownName(): string {
  try {
    const { username, uid } = userInfo();
    return `${username} (user id ${uid})`;
  } catch {
    // An account without a name, as containers have them.
    return "an account without a name";
  }
}
