import { createHash } from "node:crypto";
import { FormatError } from "../errors/format-error.ts";
import type { Limits } from "../limits/limits.ts";
import { decode, findEncoding } from "./decode.ts";
import { gunzip } from "./gunzip.ts";

/** A report, which may be opened several times and has to give the same bytes each time. */
export interface ReportSource {
  readonly name?: string | undefined;
  readonly size?: number | undefined;
  open(): AsyncIterable<Uint8Array>;
}

/** What was seen of the bytes so far. */
export interface Measure {
  bytes: number;
  unpacked: number;
  /** Characters that the encoding does not have, replaced by U+FFFD. */
  replaced: number;
  /** The packed stream ended before its end. */
  cutOff: boolean;
}

export interface OpenReport {
  /** The first 64 KiB, unpacked and decoded. */
  readonly head: string;
  /** The head is the whole report. */
  readonly whole: boolean;
  readonly encoding: string;
  readonly measure: Measure;
  /** All of its text; to be read once. */
  readonly text: AsyncIterable<string>;
  /** When all was read. */
  digest(): string;
}

export const headSize = 65_536;

/** Opens a report: measures and hashes its bytes, unpacks what is packed, and decodes. */
export async function openReport(source: ReportSource, limits: Limits, signal?: AbortSignal): Promise<OpenReport> {
  const measure: Measure = { bytes: 0, unpacked: 0, replaced: 0, cutOff: false };
  const hash = createHash("sha256");
  const raw = measureBytes(source, { limits, measure, hash, signal });
  const bytes = gunzip(raw, { limits, measure, size: source.size ?? 0 });
  const first: Uint8Array[] = [];
  let length = 0;
  let whole = false;
  while (length < headSize && !whole) {
    const next = await bytes.next();
    if (next.done === true) whole = true;
    else {
      first.push(next.value);
      length += next.value.length;
    }
  }
  const head = Buffer.concat(first);
  const encoding = findEncoding(head);
  return {
    head: new TextDecoder(encoding).decode(head.subarray(0, headSize)),
    whole: whole && length <= headSize,
    encoding,
    measure,
    text: decode(joined(head, bytes), encoding, measure),
    digest: () => hash.digest("hex"),
  };
}

interface Measuring {
  limits: Limits;
  measure: Measure;
  hash: { update(bytes: Uint8Array): unknown };
  signal: AbortSignal | undefined;
}

/** The bytes in pieces of at most 64 KiB, so that nothing downstream has to hold more; counted and hashed. */
async function* measureBytes(source: ReportSource, to: Measuring): AsyncGenerator<Uint8Array> {
  for await (const chunk of source.open()) {
    to.measure.bytes += chunk.length;
    if (to.measure.bytes > to.limits.report)
      throw new FormatError("REPORT_TOO_LARGE", "", `the report is larger than ${to.limits.report} bytes`);
    to.hash.update(chunk);
    for (let at = 0; at < chunk.length; at += headSize) {
      to.signal?.throwIfAborted();
      yield chunk.subarray(at, at + headSize);
    }
  }
}

async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
