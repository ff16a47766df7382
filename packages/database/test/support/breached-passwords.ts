import { hash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The digests of passwords, in the order of a list. */
export function listed(passwords: readonly string[]): string[] {
  return passwords.map((plain) => hash("sha1", plain, "hex").toUpperCase()).toSorted();
}

/** Writes a file in a folder of its own. */
export async function writeList(text: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-breached-"));
  const path = join(folder, "breached.txt");
  await writeFile(path, text);
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
