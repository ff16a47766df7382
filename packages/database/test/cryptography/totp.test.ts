import { describe, expect, test } from "vitest";
import { generateTotpSecret, totpUri, verifyTotp } from "../../src/cryptography/totp.ts";
import { ValidationError } from "../../src/errors/index.ts";

/** The ASCII secret 12345678901234567890 of RFC 6238, appendix B. */
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/** Last six digits of the SHA-1 rows of RFC 6238, appendix B. */
const vectors = [
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
] as const;

const at = (seconds: number) => new Date(seconds * 1000);

describe("TOTP codes", () => {
  test.each(vectors)("of RFC 6238 at %i s are accepted, and name their step", (seconds, code) => {
    expect(verifyTotp({ secret, code, now: at(seconds), lastStep: null })).toBe(Math.floor(seconds / 30));
  });

  test("are accepted one step early or late, and no further", () => {
    const code = "050471";
    const step = Math.floor(1_111_111_111 / 30);
    const verdicts = [-2, -1, 0, 1, 2].map((steps) =>
      verifyTotp({ secret, code, now: at((step + steps) * 30 + 15), lastStep: null }),
    );
    expect(verdicts).toEqual([null, step, step, step, null]);
  });

  test("work at the very start of time, where there is no step before", () => {
    expect(verifyTotp({ secret, code: "755224", now: at(0), lastStep: null })).toBe(0);
  });

  test("may be typed in two groups", () => {
    expect(verifyTotp({ secret, code: "287 082", now: at(59), lastStep: null })).toBe(1);
  });

  test("attack: a code is not accepted twice, nor an older one after it", () => {
    const now = at(1_111_111_111);
    const step = verifyTotp({ secret, code: "050471", now, lastStep: null });
    expect(verifyTotp({ secret, code: "050471", now, lastStep: step })).toBeNull();
    expect(verifyTotp({ secret, code: "081804", now, lastStep: step })).toBeNull();
    expect(verifyTotp({ secret, code: "081804", now, lastStep: null })).toBe(Number(step) - 1);
  });

  test("attack: step 0 as the last step is a step, not an absence", () => {
    expect(verifyTotp({ secret, code: "755224", now: at(0), lastStep: 0 })).toBeNull();
  });

  test.each(["", "28708", "2870822", "28708a", "287082\n", " 287082", "28 7082", "２８７０８２", "0x2870", "-87082"])(
    "attack: %j is no code",
    (code) => {
      expect(verifyTotp({ secret, code, now: at(59), lastStep: null })).toBeNull();
    },
  );

  test("attack: a time that is none accepts nothing", () => {
    expect(verifyTotp({ secret, code: "287082", now: new Date(Number.NaN), lastStep: null })).toBeNull();
  });
});

describe("TOTP secrets", () => {
  test("are 160 random bits in base32", () => {
    expect(generateTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
    expect(generateTotpSecret()).not.toBe(generateTotpSecret());
  });

  test("may be written in small letters and groups", () => {
    const typed = "gezd gnbv gy3t qojq gezd gnbv gy3t qojq";
    expect(verifyTotp({ secret: typed, code: "287082", now: at(59), lastStep: null })).toBe(1);
  });

  test.each(["", "TOO SHORT", "not-base32-not-base32", "enc1.k1.AAAAAAAAAAAAAAAA"])("are refused: %j", (broken) => {
    expect(() => verifyTotp({ secret: broken, code: "287082", now: at(59), lastStep: null })).toThrow(ValidationError);
    expect(() => totpUri({ secret: broken, account: "a@example.org" })).toThrow(ValidationError);
  });

  test("are handed to the app in an address that no name can break out of", () => {
    const uri = new URL(totpUri({ secret, account: "a&secret=X@example.org", issuer: "Acme: & Sons" }));
    expect(uri.protocol).toBe("otpauth:");
    expect(uri.host).toBe("totp");
    expect(decodeURIComponent(uri.pathname)).toBe("/Acme: & Sons:a&secret=X@example.org");
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: "Acme: & Sons",
      secret,
      algorithm: "SHA1",
      digits: "6",
      period: "30",
    });
  });
});
