import { pipeline, Readable } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { FormatError } from "../errors/format-error.ts";
import type { Limits } from "../limits/limits.ts";
import type { Measure } from "./open-report.ts";

/** How much of a packed report is unpacked to see how it begins: at most some 16 MiB come of it. */
const packedHead = 16 * 1024;

/** Below this, a report is never said to grow too much. */
const smallReport = 1024 * 1024;

interface Unpacking {
  limits: Limits;
  measure: Measure;
  /** What the caller says that the packed report's size is, or 0. */
  size: number;
}

/** Unpacks what is packed with gzip, and hands on what is not. */
export async function* gunzip(bytes: AsyncGenerator<Uint8Array>, to: Unpacking): AsyncGenerator<Uint8Array> {
  const first = await firstBytes(bytes);
  if (first.length >= 4 && Buffer.compare(first.subarray(0, 4), Buffer.from("PK\u0003\u0004")) === 0)
    throw new FormatError("FORMAT_UNKNOWN", "", "the report is a ZIP archive: unpack it first");
  const whole = prepend(first, bytes);
  if (!isPacked(first)) {
    yield* whole;
    return;
  }
  // What goes wrong on either side is thrown by the loop.
  const unpacked: AsyncIterable<Uint8Array> = pipeline(
    Readable.from(whole, { objectMode: false }),
    createGunzip(),
    () => undefined,
  );
  try {
    for await (const chunk of unpacked) {
      to.measure.unpacked += chunk.length;
      refuseGrowth(to);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof FormatError) throw error;
    const code = (error as { code?: unknown }).code;
    if (code === "Z_BUF_ERROR") to.measure.cutOff = true;
    else if (typeof code === "string" && code.startsWith("Z_"))
      throw new FormatError("REPORT_MALFORMED", `byte ${to.measure.bytes}`, "the gzip stream is damaged");
    else throw error;
  }
}

function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The beginning of a report, unpacked where it is packed; empty where that fails. */
export function unpackedHead(bytes: Uint8Array): Uint8Array {
  if (!isPacked(bytes)) return bytes;
  try {
    return gunzipSync(bytes.subarray(0, packedHead), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array();
  }
}

function refuseGrowth({ limits, measure, size }: Unpacking): void {
  if (measure.unpacked > limits.unpacked)
    throw new FormatError("REPORT_TOO_LARGE", "", `the report is larger than ${limits.unpacked} bytes when unpacked`);
  const packed = Math.max(size, measure.bytes);
  if (measure.unpacked > smallReport && measure.unpacked > packed * limits.ratio)
    throw new FormatError("REPORT_TOO_LARGE", "", `the report grows to more than ${limits.ratio} times its size`);
}

/** The first bytes, at least four where there are as many. */
async function firstBytes(bytes: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array = new Uint8Array();
  while (first.length < 4) {
    const next = await bytes.next();
    if (next.done === true) break;
    first = first.length === 0 ? next.value : Buffer.concat([first, next.value]);
  }
  return first;
}

async function* prepend(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest;
}
