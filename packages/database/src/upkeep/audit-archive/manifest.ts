import { createHash } from "node:crypto";
import { z } from "zod";
import type { RowOf } from "../../schema/tables.ts";

const hexDigest = z.string().regex(/^[0-9a-f]{64}$/);

const body = z.strictObject({
  /** Changes when older code cannot read what newer code writes. */
  format: z.literal(1),
  rows: z.int().min(1),
  firstId: z.int(),
  lastId: z.int(),
  /** The times of the oldest and the newest row. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** SHA-256 of the lines of the rows. */
  sha256: hexDigest,
  /** The archive before this one in its folder, so that a missing one is noticed; null for the first. */
  previous: z.strictObject({ file: z.string().max(200), sha256: hexDigest }).nullable(),
});

/** The first line of an archive. */
const signed = z.strictObject({ manifest: body, signature: z.string().max(200) });

/** What an archive of the audit log holds. */
export type ArchiveManifest = z.output<typeof body>;
export type SignedManifest = z.output<typeof signed>;

/** What the signature is made for; it holds for nothing else. */
export const archivePurpose = "audit archive";

export function digestLines(lines: string): string {
  return createHash("sha256").update(lines).digest("hex");
}

/** Describes the rows of an archive. */
export function describeRows(rows: readonly RowOf<"audit_logs">[], lines: string): Omit<ArchiveManifest, "previous"> {
  const ids = rows.map(({ id }) => id);
  const times = rows.map(({ createdAt }) => createdAt.getTime());
  return {
    format: 1,
    rows: rows.length,
    firstId: Math.min(...ids),
    lastId: Math.max(...ids),
    from: new Date(Math.min(...times)).toISOString(),
    to: new Date(Math.max(...times)).toISOString(),
    sha256: digestLines(lines),
  };
}

/** The text that is signed: the same for the same manifest, whoever wrote or read it. */
export function signedText(manifest: ArchiveManifest): string {
  return JSON.stringify(body.parse(manifest));
}

/** Reads the first line of an archive; null when it is none. */
export function parseSignedManifest(line: string): SignedManifest | null {
  try {
    return signed.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
