import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** The manifest beside a file of a backup. */
export const manifestOf = (path: string) => path.replace(/(_[0-9a-f]{12})\..*$/, "$1.json");

/**
 * Makes the manifest fit the backup's file, as anybody could who writes the folder: digest, seal, and no signature.
 * @param changes what else it is to say
 */
export async function forgeManifest(path: string, changes: Record<string, unknown> = {}): Promise<void> {
  const {
    seal: _,
    signature: __,
    ...manifest
  } = JSON.parse(await readFile(manifestOf(path), "utf8")) as {
    seal: unknown;
    signature: unknown;
    parts: { sizeBytes: number; sha256: string }[];
  };
  const bytes = await readFile(path);
  Object.assign(manifest.parts[0] ?? {}, { sizeBytes: bytes.length, sha256: sha256(bytes) });
  const forged = { ...manifest, ...changes };
  const seal = { algorithm: "sha256", value: sha256(JSON.stringify(forged)) };
  await writeFile(manifestOf(path), JSON.stringify({ ...forged, seal }));
}
