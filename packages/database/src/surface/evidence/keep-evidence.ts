import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { DatabaseError } from "../../errors/index.ts";

/** Most pieces of evidence that a finding keeps. */
export const mostPieces = 10;

/** Most bytes of one piece, the mark in its middle counted, before it is compressed. */
const mostBytes = 32 * 1024;

/** The head says what was asked and how the answer began, so it gets more of the room than the tail. */
const tailBytes = 12 * 1024;

/** Room for the mark, whatever number stands in it. */
const markBytes = 64;
const headBytes = mostBytes - tailBytes - markBytes;

/** A piece as it is stored. */
export interface PackedEvidence {
  /** base64 of zstd, for no table has a column of bytes. */
  readonly content: string;
  /** Of the whole text in UTF-8, with what was cut out of it. */
  readonly bytes: number;
  readonly truncated: boolean;
}

/**
 * Chooses the pieces of evidence that a finding keeps: the first ten, without those that are empty or say again what one of
 * them says.
 *
 * @param pieces what was reported, in its order
 * @param kept how many the finding keeps already; default none
 */
export function chooseEvidence<T extends { readonly kind: string; readonly content: string }>(
  pieces: readonly T[],
  kept = 0,
): T[] {
  const seen = new Set<string>();
  const chosen: T[] = [];
  for (const piece of pieces) {
    if (kept + chosen.length >= mostPieces) break;
    const said = `${piece.kind}:${piece.content}`;
    if (piece.content === "" || seen.has(said)) continue;
    seen.add(said);
    chosen.push(piece);
  }
  return chosen;
}

/**
 * Packs a piece of evidence for its column: of a text over 32 KiB head and tail are kept, with a mark between them. Secrets
 * are masked before, since half a token is no longer known for one.
 */
export function packEvidence(text: string): PackedEvidence {
  const whole = Buffer.from(text);
  const truncated = whole.length > mostBytes;
  const content = zstdCompressSync(truncated ? cutMiddle(whole) : whole).toString("base64");
  return { content, bytes: whole.length, truncated };
}

/**
 * Unpacks what {@link packEvidence} made, and nothing that would be larger.
 *
 * @throws {DatabaseError} DATABASE_FAILED when the value is damaged, or no such value
 */
export function unpackEvidence(content: string): string {
  try {
    return zstdDecompressSync(Buffer.from(content, "base64"), { maxOutputLength: mostBytes }).toString();
  } catch (cause) {
    throw new DatabaseError("DATABASE_FAILED", { message: "A piece of evidence is damaged.", cause });
  }
}

function cutMiddle(whole: Buffer): Buffer {
  const headEnd = startOfCharacter(whole, headBytes, -1);
  const tailStart = startOfCharacter(whole, whole.length - tailBytes, 1);
  const mark = `\n[${tailStart - headEnd} bytes left out]\n`;
  return Buffer.concat([whole.subarray(0, headEnd), Buffer.from(mark), whole.subarray(tailStart)]);
}

/** The nearest place, this way or that, at which no character is cut in two. */
function startOfCharacter(bytes: Buffer, from: number, step: -1 | 1): number {
  let at = from;
  while (((bytes[at] ?? 0) & 0xc0) === 0x80) at += step;
  return at;
}
