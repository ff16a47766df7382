import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createKeyRing, type MasterKey } from "../../src/cryptography/key-ring.ts";
import { generateTotpSecret } from "../../src/cryptography/totp.ts";
import { DatabaseError, ValidationError } from "../../src/errors/index.ts";

const masterKey = (id: string): MasterKey => ({ id, key: randomBytes(32) });

const column = { table: "users", column: "2fa_secret" };
const place = { ...column, row: 7 };
const first = masterKey("k1");
const second = masterKey("k2");
const ring = createKeyRing({ current: first });

/** Every text that differs from the given one in a single character. */
function* alterations(text: string): Generator<string> {
  for (let at = 0; at < text.length; at++) {
    for (const character of ["A", "B", "_", ".", "="]) {
      if (text[at] !== character) yield text.slice(0, at) + character + text.slice(at + 1);
    }
  }
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof DatabaseError ? error.code : String(error);
  }
  return "nothing thrown";
}

describe("secrets at rest", () => {
  test.each(["JBSWY3DPEHPK3PXP", "", "0", "päss🔑\0\n", "x".repeat(100_000)])("come back as they were", (plain) => {
    expect(ring.decrypt(ring.encrypt(plain, place), place)).toBe(plain);
  });

  test("fit their column, say which key they need, and never look alike", () => {
    const secret = generateTotpSecret();
    const encrypted = createKeyRing({ current: masterKey("a-sixteen-chars-") }).encrypt(secret, place);
    expect(encrypted).toMatch(/^enc2\.a-sixteen-chars-\.[A-Za-z0-9_-]{80}$/);
    expect(encrypted.length).toBeLessThanOrEqual(255);
    expect(encrypted).not.toContain(secret);
    expect(ring.encrypt(secret, place)).not.toBe(ring.encrypt(secret, place));
  });

  test("are told from text in the clear", () => {
    expect(ring.isEncrypted(ring.encrypt("", place))).toBe(true);
    for (const text of ["", "JBSWY3DPEHPK3PXP", "enc1.", "enc1.k1.AAAA", "enc3.k1.".padEnd(60, "A")]) {
      expect(ring.isEncrypted(text)).toBe(false);
    }
  });

  test("stay readable after a rotation, and say that they should be encrypted anew", () => {
    const old = ring.encrypt("secret", place);
    const rotated = createKeyRing({ current: second, previous: [first] });
    expect(rotated.decrypt(old, place)).toBe("secret");
    expect(rotated.needsReencryption(old)).toBe(true);
    expect(rotated.needsReencryption("secret")).toBe(true);
    expect(rotated.needsReencryption(rotated.encrypt("secret", place))).toBe(false);
    expect(ring.needsReencryption(old)).toBe(false);
    expect(ring.needsReencryption(ring.encrypt("secret", column))).toBe(true);
    expect(rotated.keyIds()).toEqual([second.id, first.id]);
  });

  test("are refused if they would not come back as they were", () => {
    expect(() => ring.encrypt("half \ud83d", place)).toThrow(ValidationError);
  });

  test("attack: no altered character goes unnoticed, and nothing is said of why", () => {
    const encrypted = ring.encrypt("secret", place);
    for (const altered of alterations(encrypted)) {
      expect(codeOf(() => ring.decrypt(altered, place))).toBe("SECRET_UNREADABLE");
    }
    for (const broken of ["", encrypted.slice(0, -1), `${encrypted}A`, `${encrypted}=`, `${encrypted}\n`, "enc2..A"]) {
      expect(codeOf(() => ring.decrypt(broken, place))).toBe("SECRET_UNREADABLE");
    }
  });

  test("attack: a value moved to another row, or said to be bound to none, is not read there", () => {
    const encrypted = ring.encrypt("secret", place);
    for (const elsewhere of [{ ...place, row: 8 }, { ...place, row: "07" }, column]) {
      expect(codeOf(() => ring.decrypt(encrypted, elsewhere))).toBe("SECRET_UNREADABLE");
    }
    expect(codeOf(() => ring.decrypt(encrypted.replace("enc2", "enc1"), place))).toBe("SECRET_UNREADABLE");
    const unbound = ring.encrypt("secret", column).replace("enc1", "enc2");
    expect(codeOf(() => ring.decrypt(unbound, place))).toBe("SECRET_UNREADABLE");
  });

  test("attack: a value moved to another column or table is not read there", () => {
    const encrypted = ring.encrypt("secret", place);
    for (const elsewhere of [
      { table: "users", column: "email" },
      { table: "credentials", column: "2fa_secret" },
      { table: 'users","2fa_secret', column: "" },
      { table: "", column: "" },
    ]) {
      expect(codeOf(() => ring.decrypt(encrypted, elsewhere))).toBe("SECRET_UNREADABLE");
    }
  });

  test("attack: a value of an unknown key, or of another key under a known name, is not read", () => {
    const encrypted = ring.encrypt("secret", place);
    const both = createKeyRing({ current: first, previous: [second] });
    for (const [other, text] of [
      [createKeyRing({ current: second }), encrypted],
      [createKeyRing({ current: masterKey("k1") }), encrypted],
      [both, encrypted.replace(".k1.", ".k2.")],
    ] as const) {
      expect(codeOf(() => other.decrypt(text, place))).toBe("SECRET_UNREADABLE");
    }
  });
});

describe("sealed tokens", () => {
  const expiresAt = new Date("2026-03-01T12:05:00Z");
  const now = new Date("2026-03-01T12:00:00Z");
  const purpose = "second factor";
  const payload = { userId: 7, nested: [0, "", null, "é"] };
  const token = ring.seal(payload, { purpose, expiresAt });

  test("open to what was sealed until they expire", () => {
    expect(ring.open(token, { purpose, now })).toEqual(payload);
    expect(ring.open(token, { purpose, now: new Date(expiresAt.getTime() - 1) })).toEqual(payload);
    expect(ring.open(token, { purpose, now: expiresAt })).toBeNull();
    expect(createKeyRing({ current: second, previous: [first] }).open(token, { purpose, now })).toEqual(payload);
  });

  test("hide what they hold, and travel in an address or a header unescaped", () => {
    expect(token).toMatch(/^seal1\.k1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(token.split(".")[2] ?? "", "base64url").toString("latin1")).not.toContain("userId");
  });

  test("are not made without a valid end, nor longer than they could be opened", () => {
    expect(() => ring.seal({}, { purpose, expiresAt: new Date(Number.NaN) })).toThrow(ValidationError);
    expect(() => ring.seal({ text: "x".repeat(3000) }, { purpose, expiresAt })).toThrow(ValidationError);
    const long = { text: "x".repeat(2800) };
    expect(ring.open(ring.seal(long, { purpose, expiresAt }), { purpose, now })).toEqual(long);
  });

  test("attack: an altered, foreign, endless or empty token does not open", () => {
    for (const altered of alterations(token)) expect(ring.open(altered, { purpose, now })).toBeNull();
    for (const other of ["", token.slice(0, -1), `${token}A`, `seal1.k1.${"A".repeat(100_000)}`]) {
      expect(ring.open(other, { purpose, now })).toBeNull();
    }
    expect(createKeyRing({ current: masterKey("k1") }).open(token, { purpose, now })).toBeNull();
  });

  test("attack: a token for one purpose does not open for another, nor at a time that is none", () => {
    expect(ring.open(token, { purpose: "password reset", now })).toBeNull();
    expect(ring.open(token, { purpose: "", now })).toBeNull();
    expect(ring.open(token, { purpose, now: new Date(Number.NaN) })).toBeNull();
  });

  test("attack: a secret of a column does not pass for a token, nor a token for a secret", () => {
    const encrypted = ring.encrypt(JSON.stringify({ until: expiresAt.getTime(), payload }), place);
    expect(ring.open(encrypted.replace("enc2", "seal1"), { purpose, now })).toBeNull();
    expect(codeOf(() => ring.decrypt(token.replace("seal1", "enc2"), place))).toBe("SECRET_UNREADABLE");
  });
});

test("what the first release wrote stays readable", () => {
  const old = createKeyRing({ current: { id: "k1", key: Buffer.alloc(32, 7) } });
  const encrypted = "enc1.k1.6R9bNycr_VsUOLCWEcBsJnDEzGnDcTccNgV_yDdTT8U2S3vK3tB8s3-t7Gw";
  const sealed =
    "seal1.k1.CNfB49ZrkMCyJlqMkc6qH6wx_LGTIJEzW8a8OILml8eHeyNVf6Ezb0d2KZ-Quxr-feZLS1GdyEpcILNmISZZvS7J0axk2JCrW1s";
  expect(old.decrypt(encrypted, place)).toBe("JBSWY3DPEHPK3PXP");
  const now = new Date("2026-03-01T12:00:00Z");
  expect(old.open(sealed, { purpose: "second factor", now })).toEqual({ userId: 7 });
});

describe("a key ring", () => {
  test.each(["", "K1", "k 1", "k.1", "seventeen-letters", "k1\n"])("refuses the key id %j", (id) => {
    expect(() => createKeyRing({ current: masterKey(id) })).toThrow(ValidationError);
  });

  test("refuses keys of another length, and two of one name", () => {
    for (const length of [0, 16, 31, 33]) {
      expect(() => createKeyRing({ current: { id: "k1", key: randomBytes(length) } })).toThrow(ValidationError);
    }
    expect(() => createKeyRing({ current: first, previous: [masterKey("k1")] })).toThrow(ValidationError);
  });

  test("shows no key to a log, and outlives the buffer that it was made of", () => {
    const key = randomBytes(32);
    const made = createKeyRing({ current: { id: "k9", key } });
    const encrypted = made.encrypt("secret", place);
    const copy = createKeyRing({ current: { id: "k9", key: Buffer.from(key) } });
    expect(inspect(made, { depth: 10, showHidden: true })).not.toMatch(/Buffer|Uint8Array/);
    expect(JSON.stringify(made)).toBe("{}");
    key.fill(0);
    expect(made.decrypt(encrypted, place)).toBe("secret");
    expect(copy.decrypt(made.encrypt("again", place), place)).toBe("again");
  });
});

describe("a signature", () => {
  const [older, newer] = [
    { id: "old", key: new Uint8Array(32).fill(1) },
    { id: "new", key: new Uint8Array(32).fill(2) },
  ];
  const signing = createKeyRing({ current: newer, previous: [older] });

  test("holds for the text and the purpose that it was made for, under older keys too", () => {
    const signature = signing.sign("content", "archive");
    expect(signing.verify("content", signature, "archive")).toBe(true);
    const old = createKeyRing({ current: older }).sign("content", "archive");
    expect(signing.verify("content", old, "archive")).toBe(true);
  });

  test("attack: holds for no other text, purpose, key or form", () => {
    const signature = signing.sign("content", "archive");
    expect(signing.verify("content.", signature, "archive")).toBe(false);
    expect(signing.verify("content", signature, "backup")).toBe(false);
    expect(signing.verify("content", signature.replace("mac1.new", "mac1.old"), "archive")).toBe(false);
    expect(createKeyRing({ current: older }).verify("content", signature, "archive")).toBe(false);
    for (const forged of ["", "mac1.new.", signature.slice(0, -1), `${signature}A`]) {
      expect(signing.verify("content", forged, "archive")).toBe(false);
    }
  });
});
