import { zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { chooseEvidence, packEvidence, unpackEvidence } from "../../../src/surface/evidence/keep-evidence.ts";
import { hostileStrings } from "../../support/hostile.ts";

const kib = 1024;

describe("Packed evidence", () => {
  test.each(["", "HTTP/1.1 200 OK\r\n\r\n", "x".repeat(32 * kib), "ü".repeat(16 * kib), ...hostileStrings])(
    "comes back as it was: %#",
    (text) => {
      const packed = packEvidence(text);
      expect(unpackEvidence(packed.content)).toBe(text);
      expect(packed).toMatchObject({ bytes: Buffer.byteLength(text), truncated: false });
    },
  );

  test("is compressed, as base64", () => {
    const { content } = packEvidence("a".repeat(32 * kib));
    expect(content).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(content.length).toBeLessThan(200);
  });

  test("keeps head and tail of what is too long, and says how much is missing", () => {
    const text = `begin ${"-".repeat(100_000)} end`;
    const packed = packEvidence(text);
    expect(packed).toMatchObject({ bytes: text.length, truncated: true });
    const kept = unpackEvidence(packed.content);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(32 * kib);
    expect(Buffer.byteLength(kept)).toBeGreaterThan(31 * kib);
    expect(kept).toMatch(/^begin -+\n\[\d+ bytes left out\]\n-+ end$/);
    const missing = Number(/\[(\d+) bytes/.exec(kept)?.[1]);
    expect(kept.replace(/\n\[.*\]\n/, "").length + missing).toBe(text.length);
  });

  test("is cut between characters, wherever the cut falls", () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const kept = unpackEvidence(packEvidence("a".repeat(shift) + "😀".repeat(20_000) + "a".repeat(shift)).content);
      expect(kept).toMatch(/^a*(?:😀)+\n\[\d+ bytes left out\]\n(?:😀)+a*$/u);
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(32 * kib);
    }
  });

  test("holds no half of a surrogate pair", () => {
    expect(unpackEvidence(packEvidence("a\uD800b").content)).toBe("a\uFFFDb");
  });
});

describe("attack: unpacking refuses", () => {
  test.each([
    ["what unpacks to more than is ever kept", zstdCompressSync("a".repeat(64 * kib * kib)).toString("base64")],
    ["no zstd", Buffer.from("plain").toString("base64")],
    ["what ends too early", packEvidence("some text that is long enough").content.slice(0, 12)],
    ["nothing", ""],
    ["no base64", "%%%"],
  ])("%s", (_, content) => {
    expect(() => unpackEvidence(content)).toThrow(expect.objectContaining({ code: "DATABASE_FAILED" }));
  });
});

describe("Of many pieces", () => {
  const pieces = Array.from({ length: 15 }, (_, n) => ({ kind: "request", content: `GET /${n}`, location: n }));

  test("the first ten are kept, in their order", () => {
    expect(chooseEvidence(pieces)).toEqual(pieces.slice(0, 10));
  });

  test("as many as there is room for", () => {
    expect(chooseEvidence(pieces, 7)).toEqual(pieces.slice(0, 3));
    expect(chooseEvidence(pieces, 10)).toEqual([]);
    expect(chooseEvidence(pieces, 12)).toEqual([]);
  });

  test("none that is empty or there twice", () => {
    const [first, second] = [pieces.slice(0, 1), pieces.slice(1, 2)];
    const answer = first.map((piece) => ({ ...piece, kind: "response" }));
    const empty = first.map((piece) => ({ ...piece, content: "" }));
    expect(chooseEvidence([...empty, ...first, ...first, ...answer, ...second])).toEqual([
      ...first,
      ...answer,
      ...second,
    ]);
  });
});
