import type { ColumnKind, TableDefinition } from "../../schema/kit/index.ts";
import { RowHash } from "./row-hash.ts";
import type { StoredRow, StoredValue } from "../port/stored-rows.ts";
import { maxBytesOfUnit, writeUtf8 } from "./utf8.ts";

/** What tells two tables apart: how many rows, and the sum of their hashes, which does not depend on their order. */
export interface ChecksumValue {
  readonly rows: number;
  /** Modulo 2^64, in hexadecimal. */
  readonly sum: string;
}

/** Turns the sum into the form in which it is compared and stored. */
export function checksumText(sum: bigint): string {
  return BigInt.asUintN(64, sum).toString(16).padStart(16, "0");
}

/** PostgreSQL counts its time in microseconds from 2000 on. */
const postgresEpochMs = Date.UTC(2000, 0, 1);
const twoTo32 = 0x1_0000_0000;

/** A 64-bit integer in two signed halves, reused for every value. */
export interface Halves {
  high: number;
  low: number;
}

/** Splits a whole number into the two halves of a 64-bit integer. */
export function splitInteger(value: number, into: Halves): void {
  into.high = Math.floor(value / twoTo32) | 0;
  into.low = value | 0;
  // Beyond 2^53 `|` sees only what is left of the lowest bits; whole numbers never go there.
}

/** Splits epoch milliseconds into the two halves of PostgreSQL's timestamp. */
export function splitTime(milliseconds: number, into: Halves): void {
  const micros = (milliseconds - postgresEpochMs) * 1000;
  if (Number.isSafeInteger(micros)) {
    splitInteger(micros, into);
    return;
  }
  const exact = BigInt(milliseconds - postgresEpochMs) * 1000n;
  into.high = Number(BigInt.asIntN(32, exact >> 32n));
  into.low = Number(BigInt.asIntN(32, exact));
}

/** Adds up the hashes of the rows of a table. */
export class TableChecksum {
  readonly #kinds: readonly ColumnKind[];
  readonly #hash = new RowHash();
  readonly #halves: Halves = { high: 0, low: 0 };
  readonly #jsonForm: (text: string) => string;
  #scratch: Buffer = Buffer.allocUnsafe(4096);
  #rows = 0;
  #low = 0;
  #high = 0;

  /** @param jsonForm the text that the engine gives back for a JSON document */
  constructor(table: TableDefinition, jsonForm: (text: string) => string) {
    this.#kinds = table.columnList.map(({ kind }) => kind);
    this.#jsonForm = jsonForm;
  }

  add(row: StoredRow): void {
    const hash = this.#hash;
    hash.begin();
    for (let index = 0; index < this.#kinds.length; index += 1) {
      this.#addValue(this.#kinds[index] as ColumnKind, row[index] ?? null);
    }
    this.addHash(hash);
  }

  /** Adds a row whose hash was made elsewhere, such as while it was encoded. */
  addHash({ high, low }: RowHash): void {
    const sum = (this.#low >>> 0) + (low >>> 0);
    this.#high = (this.#high + high + (sum >= twoTo32 ? 1 : 0)) | 0;
    this.#low = sum | 0;
    this.#rows += 1;
  }

  get value(): ChecksumValue {
    const sum = (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0);
    return { rows: this.#rows, sum: checksumText(sum) };
  }

  #addValue(kind: ColumnKind, value: StoredValue): void {
    const hash = this.#hash;
    if (value === null) hash.null();
    else if (typeof value === "string") this.#addText(kind === "json" ? this.#jsonForm(value) : value);
    else if (kind === "boolean") hash.boolean(value !== 0);
    else if (kind === "float") {
      this.#scratch.writeDoubleLE(value, 0);
      hash.float(value, this.#scratch, 0);
    } else {
      if (kind === "datetime") splitTime(value, this.#halves);
      else splitInteger(value, this.#halves);
      hash.integer(this.#halves.high, this.#halves.low);
    }
  }

  #addText(text: string): void {
    const most = text.length * maxBytesOfUnit;
    if (this.#scratch.length < most) this.#scratch = Buffer.allocUnsafe(most * 2);
    this.#hash.bytes(this.#scratch, 0, writeUtf8(text, this.#scratch, 0));
  }
}
