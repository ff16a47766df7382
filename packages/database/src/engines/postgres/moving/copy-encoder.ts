import type { ColumnKind, TableDefinition } from "../../../schema/kit/index.ts";
import { type Halves, splitInteger, splitTime, type TableChecksum } from "../../shared/checksum.ts";
import { RowHash } from "../../shared/row-hash.ts";
import type { StoredRow, StoredValue } from "../../port/stored-rows.ts";
import { maxBytesOfUnit, writeUtf8 } from "../../shared/utf8.ts";
import { jsonbText } from "./json-text.ts";

const signature = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const trailer = Buffer.from([0xff, 0xff]);
/** Version of jsonb's wire format. */
const jsonbVersion = 1;
/** The most that a row takes beyond its texts, for each column. */
const bytesOfColumn = 13;
/** Size from which what is encoded is handed on, in bytes. */
const chunkBytes = 128 * 1024;

/**
 * Writes rows in PostgreSQL's binary COPY format, and hashes them on the way, since the bytes of their texts are at hand.
 * @see https://www.postgresql.org/docs/15/sql-copy.html
 */
export class CopyEncoder {
  readonly #kinds: readonly ColumnKind[];
  readonly #checksum: TableChecksum | undefined;
  readonly #hash = new RowHash();
  readonly #halves: Halves = { high: 0, low: 0 };
  #buffer = Buffer.allocUnsafe(chunkBytes * 2);
  #end = 0;

  constructor(table: TableDefinition, checksum: TableChecksum | undefined) {
    this.#kinds = table.columnList.map(({ kind }) => kind);
    this.#checksum = checksum;
    this.#end = signature.copy(this.#buffer);
  }

  /** Whether there is enough to hand on. */
  get isFull(): boolean {
    return this.#end >= chunkBytes;
  }

  /** What was encoded since it was last asked for. */
  take(): Buffer {
    const chunk = this.#buffer.subarray(0, this.#end);
    this.#buffer = Buffer.allocUnsafe(chunkBytes * 2);
    this.#end = 0;
    return chunk;
  }

  /** The rest, with the end mark. */
  finish(): Buffer {
    return Buffer.concat([this.take(), trailer]);
  }

  add(row: StoredRow): void {
    const kinds = this.#kinds;
    this.#reserve(2 + kinds.length * bytesOfColumn);
    this.#buffer.writeInt16BE(kinds.length, this.#end);
    this.#end += 2;
    this.#hash.begin();
    for (let index = 0; index < kinds.length; index += 1)
      this.#addValue(kinds[index] as ColumnKind, row[index] ?? null);
    this.#checksum?.addHash(this.#hash);
  }

  #addValue(kind: ColumnKind, value: StoredValue): void {
    if (value === null) {
      this.#writeWord(-1);
      this.#hash.null();
    } else if (typeof value === "string") {
      if (kind === "json") this.#addText(jsonbText(value), jsonbVersion);
      else this.#addText(value, undefined);
    } else if (kind === "boolean") {
      this.#writeWord(1);
      this.#buffer[this.#end] = value === 0 ? 0 : 1;
      this.#end += 1;
      this.#hash.boolean(value !== 0);
    } else if (kind === "float") this.#addFloat(value);
    else {
      if (kind === "datetime") splitTime(value, this.#halves);
      else splitInteger(value, this.#halves);
      this.#writeWord(8);
      this.#writeWord(this.#halves.high);
      this.#writeWord(this.#halves.low);
      this.#hash.integer(this.#halves.high, this.#halves.low);
    }
  }

  #addFloat(value: number): void {
    this.#writeWord(8);
    const at = this.#end;
    this.#buffer.writeDoubleLE(value, at);
    this.#hash.float(value, this.#buffer, at);
    this.#buffer.writeDoubleBE(value, at);
    this.#end += 8;
  }

  #addText(text: string, version: number | undefined): void {
    // What the columns after this one need stays reserved.
    this.#reserve(text.length * maxBytesOfUnit + this.#kinds.length * bytesOfColumn);
    const lengthAt = this.#end;
    this.#end += 4;
    if (version !== undefined) {
      this.#buffer[this.#end] = version;
      this.#end += 1;
    }
    const start = this.#end;
    this.#end = writeUtf8(text, this.#buffer, start);
    this.#buffer.writeInt32BE(this.#end - lengthAt - 4, lengthAt);
    this.#hash.bytes(this.#buffer, start, this.#end);
  }

  #writeWord(value: number): void {
    const buffer = this.#buffer;
    const at = this.#end;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    this.#end = at + 4;
  }

  #reserve(bytes: number): void {
    if (this.#buffer.length - this.#end >= bytes) return;
    const larger = Buffer.allocUnsafe((this.#end + bytes) * 2);
    this.#buffer.copy(larger, 0, 0, this.#end);
    this.#buffer = larger;
  }
}
