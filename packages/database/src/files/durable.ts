import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { platform } from "node:os";
import { dirname, resolve } from "node:path";
import { hasCode } from "./errors.ts";
import { adoptOpen, adoptOwner } from "./owner.ts";

/**
 * Writes a new file that its owner alone may read, to the disk itself; it belongs to the owner of the folder. Fails where the
 * file exists.
 */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await adoptOpen(file, path);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the content of a file outlive a power cut. */
export async function flushFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes new and changed names in a folder outlive a power cut. Windows cannot open a folder, and needs no such thing. */
export async function flushFolder(folder: string): Promise<void> {
  if (platform() === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a content under a name, so that readers see the old file or the new one, and never half of it. */
export async function replaceDurably(path: string, draft: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeDurably(draft, content);
    await rename(draft, path);
    await flushFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * Makes a folder, with those above it, that its owner alone may enter: whoever owns the folder around it. One that exists stays
 * as it is.
 *
 * Each is asked for once: where the system says of a folder that is there that it is not, as in `/proc` and under an
 * automount that fails, Node's own recursive way asks for ever.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  for (const path of await missingFolders(resolve(folder))) {
    await mkdir(path, { mode: 0o700 }).catch(async (error: unknown) => {
      // Somebody else was faster.
      if (!hasCode(error, "EEXIST") || !(await stat(path)).isDirectory()) throw error;
    });
    await adoptOwner(path);
  }
}

/** The folders that have to be made, the outermost first; the folder itself where something else is in its place. */
async function missingFolders(folder: string): Promise<string[]> {
  const found = await stat(folder).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  });
  if (found !== null) return found.isDirectory() ? [] : [folder];
  const above = dirname(folder);
  return above === folder ? [folder] : [...(await missingFolders(above)), folder];
}
