import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { DatabaseError, ValidationError } from "../errors/index.ts";
import { decryptText, encryptText } from "./authenticated-encryption.ts";

/** A master key: 32 random bytes under a short name. */
export interface MasterKey {
  /** 1 to 16 lower-case letters, digits and dashes; stands in every value that the key encrypted. */
  readonly id: string;
  readonly key: Uint8Array;
}

/** The keys of an installation: what is new is encrypted with `current`; the rest only read what they once wrote. */
export interface MasterKeys {
  readonly current: MasterKey;
  readonly previous?: readonly MasterKey[];
}

/** The column and row that a secret belongs to. A value copied to another place cannot be read there. */
export interface SecretPlace {
  readonly table: string;
  readonly column: string;
  /** The row's id. Without one, as before the row is there, a value is bound to its column only. */
  readonly row?: number | string | undefined;
}

/** Encrypts secrets for the database, seals short-lived tokens, and signs what leaves it. Keeps no master key, and shows none of its keys. */
export interface KeyRing {
  /** The ids of its keys, the current one first. */
  keyIds(): readonly string[];

  /**
   * Encrypts a secret for one place, with the current key.
   *
   * @returns `enc2.<key id>.<base64url>`, or `enc1.…` without a row; 80 characters and the key id for a TOTP secret.
   * @throws INVALID_INPUT if the text is not well-formed Unicode, which would not come back as it was.
   */
  encrypt(plain: string, place: SecretPlace): string;

  /**
   * Decrypts a secret.
   *
   * @throws SECRET_UNREADABLE if its key is not in the ring, it was tampered with, or it belongs to another place.
   */
  decrypt(encrypted: string, place: SecretPlace): string;

  /** Tells whether a stored text has the form of {@link KeyRing.encrypt}. */
  isEncrypted(text: string): boolean;

  /** Tells whether a stored text is in the clear, bound to no row, or under a key that is no longer the current one. */
  needsReencryption(text: string): boolean;

  /**
   * Seals a payload into a token that its holder can neither read nor alter, for a step that is finished later. It can
   * be opened any number of times until it expires: what must happen once needs a record of its own.
   *
   * @param payload What JSON holds, up to about 2,900 bytes.
   * @param options.purpose What the token is for; it opens for nothing else.
   * @param options.expiresAt Time from which it no longer opens.
   * @throws INVALID_INPUT if the payload is too long or `expiresAt` is no valid time.
   */
  seal(payload: object, options: { purpose: string; expiresAt: Date }): string;

  /**
   * Opens a sealed token; null if it is expired, altered, for another purpose or no such token.
   *
   * @param options.longestMs Most that it may have left, default any: one that has more was sealed by a clock that was ahead.
   */
  open(token: string, options: { purpose: string; now: Date; longestMs?: number }): unknown;

  /**
   * Signs what is kept outside the database, so that a change to it is noticed: an HMAC with SHA-256, which only holders
   * of the key can make and check.
   *
   * @param content What is signed.
   * @param purpose What it is; a signature holds for nothing else.
   * @returns `mac1.<key id>.<base64url>`.
   */
  sign(content: string, purpose: string): string;

  /** Tells whether a signature is that of the content, made for this purpose by a key of the ring. */
  verify(content: string, signature: string, purpose: string): boolean;
}

const keyBytes = 32;
const keyIdShape = /^[a-z0-9-]{1,16}$/;
const encryptedShape = /^(enc[12])\.([a-z0-9-]{1,16})\.([A-Za-z0-9_-]{38,})$/;
/** Beginnings of what {@link KeyRing.encrypt} makes: bound to a row, and to a column only. */
export const encryptedPrefixes = ["enc2", "enc1"] as const;
const signatureShape = /^mac1\.([a-z0-9-]{1,16})\.([A-Za-z0-9_-]{43})$/;
const sealedShape = /^seal1\.([a-z0-9-]{1,16})\.([A-Za-z0-9_-]{38,})$/;

/** Fits a cookie or a header; anything longer is refused before it is decrypted. */
const longestSealed = 4000;

/** The uses of a master key. Each has a key of its own, so that no token can pass for a secret or the other way round. */
interface DerivedKeys {
  readonly column: Uint8Array;
  readonly seal: Uint8Array;
  readonly sign: Uint8Array;
}

/**
 * Makes a key ring of an installation's master keys.
 *
 * @param keys The `current` key, which encrypts, and `previous` ones, which only decrypt; default none.
 * @returns The ring; it keeps nothing of what it encrypts.
 * @throws INVALID_INPUT if a key is not 32 bytes, an id is malformed, or two keys have one id.
 *
 * @example
 * const ring = createKeyRing({ current: { id: "k1", key: randomBytes(32) } });
 * const stored = ring.encrypt("JBSWY3DPEHPK3PXP", { table: "users", column: "2fa_secret", row: 7 });
 * ring.decrypt(stored, { table: "users", column: "2fa_secret", row: 7 }); // "JBSWY3DPEHPK3PXP"
 */
export function createKeyRing({ current, previous = [] }: MasterKeys): KeyRing {
  const keys = deriveAll([current, ...previous]);
  const currentKeys = deriveKeys(current);

  return {
    keyIds: () => [...keys.keys()],

    encrypt(plain, place) {
      if (!plain.isWellFormed()) {
        throw new ValidationError([{ field: "plain", message: "must be well-formed text" }]);
      }
      const form = place.row === undefined ? "enc1" : "enc2";
      const body = encryptText(currentKeys.column, plain, boundToPlace(form, current.id, place));
      return `${form}.${current.id}.${body}`;
    },

    decrypt(encrypted, place) {
      const [, form = "", id = "", body = ""] = encryptedShape.exec(encrypted) ?? [];
      const key = keys.get(id)?.column;
      const plain = key === undefined ? null : decryptText(key, body, boundToPlace(form, id, place));
      if (plain === null) throw new DatabaseError("SECRET_UNREADABLE");
      return plain;
    },

    isEncrypted: (text) => encryptedShape.test(text),

    needsReencryption: (text) => !text.startsWith(`enc2.${current.id}.`),

    seal(payload, { purpose, expiresAt }) {
      const until = expiresAt.getTime();
      if (Number.isNaN(until)) throw new ValidationError([{ field: "expiresAt", message: "must be a valid time" }]);
      const content = JSON.stringify({ until, payload });
      const body = encryptText(currentKeys.seal, content, boundTo("seal1", current.id, purpose));
      if (body.length > longestSealed) throw new ValidationError([{ field: "payload", message: "is too long" }]);
      return `seal1.${current.id}.${body}`;
    },

    open(token, { purpose, now, longestMs = Infinity }) {
      const [, id = "", body = ""] = sealedShape.exec(token) ?? [];
      const key = body.length > longestSealed ? undefined : keys.get(id)?.seal;
      const content = key === undefined ? null : decryptText(key, body, boundTo("seal1", id, purpose));
      if (content === null) return null;
      const { until, payload } = JSON.parse(content) as { until: number; payload: unknown };
      const left = until - now.getTime();
      return left > 0 && left <= longestMs ? payload : null;
    },

    sign(content, purpose) {
      const mac = macOf(currentKeys.sign, boundTo("mac1", current.id, purpose, content));
      return `mac1.${current.id}.${mac.toString("base64url")}`;
    },

    verify(content, signature, purpose) {
      const [, id = "", mac = ""] = signatureShape.exec(signature) ?? [];
      const key = keys.get(id)?.sign;
      if (key === undefined) return false;
      return timingSafeEqual(Buffer.from(mac, "base64url"), macOf(key, boundTo("mac1", id, purpose, content)));
    },
  };
}

/** The id of the key that encrypted a stored text; null if it is in the clear. */
export function keyIdOf(text: string): string | null {
  return encryptedShape.exec(text)?.[2] ?? null;
}

function deriveAll(masterKeys: readonly MasterKey[]): ReadonlyMap<string, DerivedKeys> {
  const keys = new Map<string, DerivedKeys>();
  for (const master of masterKeys) {
    if (!keyIdShape.test(master.id) || master.key.length !== keyBytes) {
      throw new ValidationError([{ field: "keys", message: "must have short ids and 32 bytes each" }]);
    }
    if (keys.has(master.id)) throw new ValidationError([{ field: "keys", message: "must have different ids" }]);
    keys.set(master.id, deriveKeys(master));
  }
  return keys;
}

/** @see RFC 5869 (HKDF); no salt is needed, since the master key is uniformly random */
function deriveKeys({ key }: MasterKey): DerivedKeys {
  const derive = (use: string) => new Uint8Array(hkdfSync("sha256", key, "", `nerve ${use} 1`, keyBytes));
  return { column: derive("column"), seal: derive("seal"), sign: derive("sign") };
}

function macOf(key: Uint8Array, content: string): Buffer {
  return createHmac("sha256", key).update(content).digest();
}

function boundToPlace(form: string, id: string, { table, column, row }: SecretPlace): string {
  return form === "enc1" ? boundTo(form, id, table, column) : boundTo(form, id, table, column, String(row));
}

/** What a value is bound to, written so that no two lists of parts have one spelling. */
function boundTo(...parts: string[]): string {
  return JSON.stringify(parts);
}
