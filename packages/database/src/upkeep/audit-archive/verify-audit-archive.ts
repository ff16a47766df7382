import type { Handle } from "../../database/handle.ts";
import { parseInput, text } from "../../validation/input.ts";
import { readArchive } from "./archive-folder.ts";
import { type ArchiveManifest, archivePurpose, digestLines, signedText } from "./manifest.ts";

/** Whether an archive is what was archived. */
export type ArchiveVerdict =
  | ({ verified: true } & ArchiveManifest)
  | {
      verified: false;
      /**
       * `damaged`: it is no archive, or cut off; `changed`: its rows are not those that were archived; `not-signed`: none
       * of this installation's keys has signed it.
       */
      reason: "damaged" | "changed" | "not-signed";
    };

/**
 * Checks an archive of the audit log: that one of this installation's keys signed it, and that no row was changed, added or
 * removed since.
 *
 * @param db the database whose keys signed it
 * @param path the archive
 * @returns the verdict, with what the archive holds; `previous` names the archive before it
 * @throws {DatabaseError} FILE_UNUSABLE when the file cannot be read
 * @throws {DatabaseError} SECRET_UNREADABLE when there is no key
 * @example
 * import { writeFile } from "node:fs/promises";
 * await writeFile("cut-off.jsonl.gz", "");
 * const { verified } = await verifyAuditArchive(db, "cut-off.jsonl.gz"); // false
 */
export async function verifyAuditArchive(db: Handle, path: string): Promise<ArchiveVerdict> {
  const { head, lines } = await readArchive(parseInput(text({ min: 1, max: 4096 }), path, { field: "path" }));
  if (head === null) return { verified: false, reason: "damaged" };
  const { manifest, signature } = head;
  const keys = await db.secrets();
  if (!keys.verify(signedText(manifest), signature, archivePurpose)) return { verified: false, reason: "not-signed" };
  const rows = lines.split("\n").length - 1;
  if (digestLines(lines) !== manifest.sha256 || rows !== manifest.rows) return { verified: false, reason: "changed" };
  return { verified: true, ...manifest };
}
