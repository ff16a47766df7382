import { describe, expect, test } from "vitest";
import { generateBackupCodes, matchBackupCode, protectBackupCode } from "../../src/cryptography/backup-codes.ts";
import { ValidationError } from "../../src/errors/index.ts";

const protectAll = (codes: string[]) => Promise.all(codes.map(protectBackupCode));

describe("new backup codes", () => {
  test("are ten different codes of 120 bits in groups of four, without letters that look like digits", () => {
    const codes = generateBackupCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){5}$/);
  });

  test("use every letter of their alphabet about as often", () => {
    const letters = generateBackupCodes(50).join("").replaceAll("-", "");
    expect(new Set(letters).size).toBe(32);
  });

  test.each([0, -1, 51, 1.5, Number.NaN])("cannot be %s", (count) => {
    expect(() => generateBackupCodes(count)).toThrow(ValidationError);
  });

  test("are stored as SHA-256 digests, and found by their place", async () => {
    const [other = "", ...codes] = generateBackupCodes(4);
    const stored = await protectAll(codes);
    for (const digest of stored) expect(digest).toMatch(/^[0-9a-f]{64}$/);
    for (const [index, code] of codes.entries()) expect(await matchBackupCode(code, stored)).toBe(index);
    expect(await matchBackupCode(other, stored)).toBe(-1);
  });

  test("are found however they are typed", async () => {
    const stored = [await protectBackupCode("0123-4567-89AB-CDEF-GHJK-MNP1")];
    for (const typed of [
      "0123456789abcdefghjkmnp1",
      " o123 4567 89ab cdef ghjk mnpl ",
      "O123–4567—89AB-CDEF-GHJK-MNPI",
      "0123-4567-89AB-CDEF-GHJK-MNP1\n",
    ]) {
      expect(await matchBackupCode(typed, stored)).toBe(0);
    }
  });
});

describe("backup codes of older systems", () => {
  test("are stored as salted Argon2id, because they are short enough to try them all", async () => {
    const stored = await protectAll(["11112222", "33334444", "11112222"]);
    for (const hash of stored) expect(hash).toMatch(/^\$argon2id\$/);
    expect(stored[0]).not.toBe(stored[2]);
    expect(await matchBackupCode("1111-2222", stored)).toBe(0);
    expect(await matchBackupCode("33334444", stored)).toBe(1);
    expect(await matchBackupCode("55556666", stored)).toBe(-1);
  });

  test("live beside new ones in one list", async () => {
    const [fresh = ""] = generateBackupCodes(1);
    const stored = await protectAll(["11112222", fresh]);
    expect(await matchBackupCode(fresh, stored)).toBe(1);
    expect(await matchBackupCode("11112222", stored)).toBe(0);
  });
});

describe("what is no backup code", () => {
  test.each(["", " - ", "x".repeat(101), "\ud800"])("is not stored: %j", async (code) => {
    await expect(protectBackupCode(code)).rejects.toThrow(ValidationError);
  });

  test("attack: an empty or endless code matches nothing, nor does a stored form sent back as a code", async () => {
    const stored = await protectAll([...generateBackupCodes(1), "11112222"]);
    for (const code of ["", "-", "x".repeat(10_000), ...stored]) expect(await matchBackupCode(code, stored)).toBe(-1);
  });

  test("attack: what stands in the list in the clear or broken matches nothing", async () => {
    const [code = ""] = generateBackupCodes(1);
    expect(await matchBackupCode(code, [code, code.replaceAll("-", ""), "", "$argon2id$broken"])).toBe(-1);
    expect(await matchBackupCode("11112222", ["11112222", "$argon2id$broken", "$2b$04$short"])).toBe(-1);
    expect(await matchBackupCode("11112222", [])).toBe(-1);
  });
});
