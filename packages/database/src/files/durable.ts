import { mkdir, open, rename, rm } from "node:fs/promises";
import { platform } from "node:os";
import { dirname } from "node:path";

/** Writes a new file that its owner alone may read, to the disk itself. Fails where the file exists. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
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

/** Makes a folder, with those above it, that its owner alone may enter. One that exists stays as it is. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
