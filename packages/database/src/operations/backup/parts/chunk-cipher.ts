import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { Transform, type TransformCallback } from "node:stream";
import { BackupError } from "../../../errors/index.ts";

const algorithm = "aes-256-gcm";
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const prefixBytes = 7;
const magic = Buffer.from("NERVE-1\n");
const headerBytes = magic.length + prefixBytes;

/** Prefix of the file, number of the chunk, and whether it is the last: no chunk can be moved, dropped or added. */
function nonce(header: Buffer, index: number, isLast: boolean): Buffer {
  const bytes = Buffer.alloc(prefixBytes + 5);
  header.copy(bytes, 0, magic.length);
  bytes.writeUInt32BE(index, prefixBytes);
  bytes.writeUInt8(isLast ? 1 : 0, prefixBytes + 4);
  return bytes;
}

/** Cuts a stream into pieces of one size; the last may be shorter, and is known to be the last. */
abstract class Chunker extends Transform {
  readonly #size: number;
  #waiting: Buffer[] = [];
  #length = 0;
  #index = 0;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  protected abstract convert(chunk: Buffer, index: number, isLast: boolean): Buffer;

  /** Takes what stands before the first chunk out of the stream; the rest is returned. */
  protected takeHeader(data: Buffer): Buffer {
    return data;
  }

  override _transform(data: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      const rest = this.takeHeader(data);
      this.#waiting.push(rest);
      this.#length += rest.length;
      // One chunk stays back, since the next byte decides whether it is the last.
      if (this.#length > this.#size) this.#emitFull();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.push(this.convert(Buffer.concat(this.#waiting), this.#index, true));
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  #emitFull(): void {
    let rest: Buffer = Buffer.concat(this.#waiting);
    for (; rest.length > this.#size; rest = rest.subarray(this.#size)) {
      this.push(this.convert(rest.subarray(0, this.#size), this.#index, false));
      this.#index += 1;
    }
    this.#waiting = [rest];
    this.#length = rest.length;
  }
}

/**
 * Encrypts a stream in chunks of 64 KiB, each authenticated with its place and the header.
 * @see Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance (STREAM)
 */
export class EncryptStream extends Chunker {
  readonly #key: Uint8Array;
  readonly #header = Buffer.concat([magic, randomBytes(prefixBytes)]);

  /** @param key 32 bytes, for this stream alone */
  constructor(key: Uint8Array) {
    super(chunkBytes);
    this.#key = key;
    this.push(this.#header);
  }

  protected convert(chunk: Buffer, index: number, isLast: boolean): Buffer {
    const cipher = createCipheriv(algorithm, this.#key, nonce(this.#header, index, isLast), {
      authTagLength: tagBytes,
    });
    cipher.setAAD(this.#header);
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  }
}

/** Decrypts what `EncryptStream` made; fails at the first chunk that is not as it was written. */
export class DecryptStream extends Chunker {
  readonly #key: Uint8Array;
  #header: Buffer = Buffer.alloc(0);

  constructor(key: Uint8Array) {
    super(chunkBytes + tagBytes);
    this.#key = key;
  }

  protected override takeHeader(data: Buffer): Buffer {
    const missing = headerBytes - this.#header.length;
    if (missing > 0) this.#header = Buffer.concat([this.#header, data.subarray(0, missing)]);
    return data.subarray(missing);
  }

  protected convert(chunk: Buffer, index: number, isLast: boolean): Buffer {
    if (!this.#header.subarray(0, magic.length).equals(magic) || chunk.length < tagBytes) throw damaged();
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv(algorithm, this.#key, nonce(this.#header, index, isLast), options);
    decipher.setAAD(this.#header).setAuthTag(chunk.subarray(-tagBytes));
    try {
      return Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()]);
    } catch {
      throw damaged();
    }
  }
}

function damaged(): BackupError {
  return new BackupError("BACKUP_INVALID", { message: "The encrypted file is damaged or cut short." });
}
