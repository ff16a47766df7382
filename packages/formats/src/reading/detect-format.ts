import { formats } from "../registry/registry.ts";
import { type Head, readHead } from "../head/head.ts";
import { findEncoding } from "../source/decode.ts";
import { unpackedHead } from "../source/gunzip.ts";
import { headSize } from "../source/open-report.ts";

export interface Candidate {
  readonly format: string;
  /** From 0 to 1; above 0.5 is a yes. */
  readonly confidence: number;
}

/**
 * Which formats a report may have by its first 64 KiB, packed or not, best first. Content decides, and the file name
 * breaks ties.
 */
export function detectFormat(head: Uint8Array, name?: string): Candidate[] {
  const bytes = unpackedHead(head).subarray(0, headSize);
  const text = new TextDecoder(findEncoding(bytes)).decode(bytes);
  return rankFormats(readHead(text, name));
}

export function rankFormats(head: Head): Candidate[] {
  // A file without content has its name only.
  const isEmpty = /^\s*(?:null|\[\s*\])?\s*$/.test(head.text);
  return formats
    .map((format) => {
      const named = isNamed(head.name, format.name);
      const seen = isEmpty ? 0 : format.detect(head);
      return { format: format.name, confidence: isEmpty && named ? 0.6 : seen, named };
    })
    .filter(({ confidence }) => confidence > 0)
    .toSorted((one, other) => {
      const difference = other.confidence - one.confidence;
      return difference === 0 ? Number(other.named) - Number(one.named) : difference;
    })
    .map(({ format, confidence }) => ({ format, confidence }));
}

function isNamed(fileName: string, format: string): boolean {
  return fileName.split(/[^a-z\d]+/).includes(format);
}

/** The format of a report, or undefined where none is sure or two are alike. */
export function chooseFormat(head: Head): { chosen: string | undefined; candidates: readonly Candidate[] } {
  const candidates = rankFormats(head);
  const [best, second] = candidates;
  if (best === undefined || best.confidence <= 0.5) return { chosen: undefined, candidates };
  const isAlone = second === undefined || best.confidence - second.confidence > 0.1 || isTieBroken(head, best, second);
  return { chosen: isAlone ? best.format : undefined, candidates };
}

function isTieBroken({ name }: Head, best: Candidate, second: Candidate): boolean {
  return isNamed(name, best.format) && !isNamed(name, second.format);
}
