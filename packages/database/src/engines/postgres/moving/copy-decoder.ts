import type { ColumnKind, TableDefinition } from "../../../schema/kit/index.ts";
import type { StoredRow, StoredValue } from "../../port/stored-rows.ts";

const signatureBytes = 19;
const twoTo32 = 0x1_0000_0000;
const postgresEpochMs = Date.UTC(2000, 0, 1);
const highestHalf = 0x7fff_ffff;
const lowestHalf = -0x8000_0000;

/**
 * Reads rows from PostgreSQL's binary COPY format, which arrives in pieces of any size.
 * @see https://www.postgresql.org/docs/15/sql-copy.html
 */
export class CopyDecoder {
  readonly #kinds: readonly ColumnKind[];
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  constructor(table: TableDefinition) {
    this.#kinds = table.columnList.map(({ kind }) => kind);
  }

  /** Takes the next piece, and returns the rows that it completes. */
  take(piece: Buffer): StoredRow[] {
    const buffer = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    if (!this.#started) {
      if (buffer.length < signatureBytes) return this.#keep(buffer, []);
      at = signatureBytes;
      this.#started = true;
    }
    const rows: StoredRow[] = [];
    for (let end = this.#rowEnd(buffer, at); end !== undefined; end = this.#rowEnd(buffer, at)) {
      rows.push(this.#row(buffer, at));
      at = end;
    }
    return this.#keep(buffer.subarray(at), rows);
  }

  #keep(rest: Buffer, rows: StoredRow[]): StoredRow[] {
    this.#rest = rest;
    return rows;
  }

  /** Where the row ends; undefined when it is not complete, or is the end mark. */
  #rowEnd(buffer: Buffer, start: number): number | undefined {
    let at = start + 2;
    if (buffer.length < at || buffer.readInt16BE(start) < 0) return undefined;
    for (let index = 0; index < this.#kinds.length; index += 1) {
      if (buffer.length < at + 4) return undefined;
      at += 4 + Math.max(buffer.readInt32BE(at), 0);
    }
    return at <= buffer.length ? at : undefined;
  }

  #row(buffer: Buffer, start: number): StoredRow {
    let at = start + 2;
    return this.#kinds.map((kind) => {
      const length = buffer.readInt32BE(at);
      at += 4;
      if (length < 0) return null;
      at += length;
      return decodeValue(kind, buffer, at - length, at);
    });
  }
}

function decodeValue(kind: ColumnKind, buffer: Buffer, start: number, end: number): StoredValue {
  switch (kind) {
    case "id":
    case "integer":
      return buffer.readInt32BE(start) * twoTo32 + buffer.readUInt32BE(start + 4);
    case "float":
      return buffer.readDoubleBE(start);
    case "boolean":
      return buffer[start] === 0 ? 0 : 1;
    case "datetime":
      return decodeTime(buffer.readInt32BE(start), buffer.readUInt32BE(start + 4));
    case "json":
      // The first byte is the version of the format.
      return buffer.toString("utf8", start + 1, end);
    default:
      return buffer.toString("utf8", start, end);
  }
}

/** Microseconds from 2000 on, to epoch milliseconds; what is finer is cut off. */
function decodeTime(high: number, low: number): number {
  if (high === highestHalf && low === twoTo32 - 1) return Infinity;
  if (high === lowestHalf && low === 0) return -Infinity;
  const micros = high * twoTo32 + low;
  if (Number.isSafeInteger(micros)) return Math.floor(micros / 1000) + postgresEpochMs;
  const exact = (BigInt(high) << 32n) + BigInt(low);
  return Number((exact - (((exact % 1000n) + 1000n) % 1000n)) / 1000n) + postgresEpochMs;
}
