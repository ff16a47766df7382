import { readFileSync } from "node:fs";
import * as argon2 from "@node-rs/argon2";
import * as bcrypt from "@node-rs/bcrypt";
import { describe, expect, test, vi } from "vitest";
import {
  hashKindOf,
  hashPassword,
  needsRehash,
  verifyAgainstNobody,
  verifyPassword,
} from "../../src/cryptography/password-hash.ts";
import { ValidationError } from "../../src/errors/index.ts";

// The real functions, observed.
vi.mock("@node-rs/argon2", { spy: true });

interface Vector {
  password: string;
  hash: string;
  verifies: boolean;
}

const { vectors } = JSON.parse(readFileSync(new URL("../fixtures/password-vectors.json", import.meta.url), "utf8")) as {
  vectors: Vector[];
};

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };

describe("new hashes", () => {
  test("are Argon2id with 19 MiB, two passes and one lane, salted", async () => {
    const [first, second] = await Promise.all([hashPassword("one password"), hashPassword("one password")]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(second).not.toBe(first);
    expect(await verifyPassword("one password", first)).toBe(true);
    expect(await verifyPassword("one passwore", first)).toBe(false);
  });

  test("leave the main thread free", async () => {
    let turns = 0;
    const hashing = hashPassword("a password").then(() => "hashed");
    while ((await Promise.race([hashing, new Promise((resolve) => setImmediate(resolve, "free"))])) !== "hashed")
      turns++;
    expect(turns).toBeGreaterThan(0);
  });

  test.each(["", "x".repeat(1025), "x".repeat(10_000_000), "half \ud83d"])(
    "refuse an unusable password",
    async (plain) => {
      await expect(hashPassword(plain)).rejects.toThrow(ValidationError);
    },
  );

  test("count characters, not bytes, up to 1024", async () => {
    const longest = "🔑".repeat(1024);
    expect(await verifyPassword(longest, await hashPassword(longest))).toBe(true);
    await expect(hashPassword(`${longest}x`)).rejects.toThrow(ValidationError);
  });

  test("treat composed and decomposed characters as the same password", async () => {
    expect(await verifyPassword("cafe\u0301", await hashPassword("caf\u00e9"))).toBe(true);
    expect(await verifyPassword("caf\u00e9", await hashPassword("cafe\u0301"))).toBe(true);
  });

  test("attack: a 200-byte password that differs only in its last byte is another password", async () => {
    const stored = await hashPassword(`${"a".repeat(199)}b`);
    expect(await verifyPassword(`${"a".repeat(199)}c`, stored)).toBe(false);
    expect(await verifyPassword(`${"a".repeat(199)}b`, stored)).toBe(true);
  });

  test.each([
    ["trimmed", "secret"],
    ["case changed", " SECRET "],
    ["cut at a NUL", " secret \0more"],
  ])("attack: a password is not %s before it is compared", async (_change, other) => {
    expect(await verifyPassword(other, await hashPassword(" secret "))).toBe(false);
  });
});

describe("stored hashes of every kind", () => {
  test("give their verdict on all 47 known vectors", { timeout: 30_000 }, async () => {
    expect(vectors).toHaveLength(47);
    const verdicts = await Promise.all(vectors.map(({ password, hash }) => verifyPassword(password, hash)));
    expect(verdicts).toEqual(vectors.map(({ verifies }) => verifies));
  });

  test("of the older kinds match whichever Unicode form they were made of", async () => {
    const composed = await bcrypt.hash("caf\u00e9", { cost: 4 });
    const decomposed = await bcrypt.hash("cafe\u0301", { cost: 4 });
    expect(await verifyPassword("cafe\u0301", composed)).toBe(true);
    expect(await verifyPassword("caf\u00e9", decomposed)).toBe(true);
    expect(await verifyPassword("cafe", composed)).toBe(false);
  });

  test("attack: bcrypt's cyclic key does not let ab NUL ab in for ab", async () => {
    const stored = await bcrypt.hash("ab", { cost: 4 });
    expect(await bcrypt.verify("ab\0ab", stored)).toBe(true);
    expect(await verifyPassword("ab\0ab", stored)).toBe(false);
  });

  test("attack: a stored hash that would cost hours or gigabytes is refused at once", async () => {
    const real = await argon2.hash("pw", cheap);
    const hostile = [
      real.replace("m=64", "m=4194304"),
      real.replace("m=64", "m=262144").replace("t=1", "t=4294967295"),
      real.replace("m=64", "m=262144").replace("t=1", "t=5"),
      real.replace("p=1", "p=255"),
      (await bcrypt.hash("pw", { cost: 4 })).replace("$04$", "$31$"),
      (await bcrypt.hash("pw", { cost: 4 })).replace("$04$", "$16$"),
    ];
    const started = performance.now();
    for (const stored of hostile) expect(await verifyPassword("pw", stored)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test("attack: Argon2d, Argon2i and the old version of Argon2id are not accepted", async () => {
    const relatives = [
      "$argon2d$v=19$m=64,t=1,p=1$aNaofgjaILGRh57po+RtXw$hIcQRPH0qBAYTbu4+sBMociAHu204/accs1JWfBTpJE",
      "$argon2i$v=19$m=64,t=1,p=1$I+hQUaltgKlreNZC/ynLXw$lmFnVYgO36QzUi4ElJW8+B61h76GFrdsUh7bYq9lBks",
      "$argon2id$v=16$m=64,t=1,p=1$2YJiFYdeEBsWZ/kgUrR3Yg$RA/uQvceCPWxNizq7SKEtpoiM5vmJs2HVhwWYpOfqPY",
    ];
    for (const stored of relatives) {
      expect(await argon2.verify(stored, "pw")).toBe(true);
      expect(await verifyPassword("pw", stored)).toBe(false);
    }
  });

  test("attack: no mutation of a hash throws, and none lets another password in", async () => {
    const bcryptHash = await bcrypt.hash("pw", { cost: 4 });
    const argonHash = await argon2.hash("pw", cheap);
    const characters = ["$", "=", ",", "9", "0", "-", "\0", "é", "\ud800", ""];
    for (const original of [bcryptHash, argonHash]) {
      for (let at = 0; at < original.length; at++) {
        const character = characters[at % characters.length] ?? "";
        const mutations = [original.slice(0, at), original.slice(0, at) + character + original.slice(at + 1)];
        for (const mutation of mutations) expect(await verifyPassword("px", mutation)).toBe(false);
      }
    }
  });

  test.each([
    "",
    "$",
    "$argon2id$",
    "$argon2id$v=19$",
    "$argon2id$v=19$m=64,t=1,p=1$$",
    "$2b$",
    "pbkdf2$$",
    "pw",
    "\0",
  ])("match nothing when malformed: %j", async (stored) => {
    expect(await verifyPassword("pw", stored)).toBe(false);
  });

  test("attack: an Argon2id hash with a salt or an output too short to be safe matches nothing", async () => {
    const real = await argon2.hash("pw", { ...cheap, outputLen: 8 });
    expect(await argon2.verify(real, "pw")).toBe(true);
    expect(await verifyPassword("pw", real)).toBe(false);
  });

  test("never match an empty, an overlong or an ill-formed password", async () => {
    const stored = await argon2.hash("", cheap);
    expect(await verifyPassword("", stored)).toBe(false);
    expect(await verifyPassword("x".repeat(5000), await argon2.hash("x".repeat(5000), cheap))).toBe(false);
    expect(await verifyPassword("\ud800", await argon2.hash("\ufffd", cheap))).toBe(false);
  });
});

describe("a need to hash again", () => {
  test("is seen in everything but today's Argon2id", async () => {
    expect(needsRehash(await hashPassword("pw"))).toBe(false);
    for (const { hash } of vectors) expect(needsRehash(hash)).toBe(true);
    for (const setting of [
      { memoryCost: 9728 },
      { timeCost: 1 },
      { parallelism: 2 },
      { outputLen: 16 },
      { salt: Buffer.alloc(8) },
    ]) {
      expect(needsRehash(await argon2.hash("pw", { memoryCost: 19_456, timeCost: 2, ...setting }))).toBe(true);
    }
  });
});

describe("an unknown user", () => {
  test("is never let in, and costs one check with the parameters of a real one", async () => {
    const real = argon2.parseOptions(await hashPassword("the password"));
    vi.mocked(argon2.verify).mockClear();
    expect(await verifyAgainstNobody("any password")).toBe(false);
    expect(vi.mocked(argon2.verify)).toHaveBeenCalledOnce();
    const [nobody, plain] = vi.mocked(argon2.verify).mock.calls[0] ?? [];
    expect(argon2.parseOptions(nobody ?? "")).toEqual(real);
    expect(plain).toBe("any password");
  });
});

describe("the kind of a hash", () => {
  test("is its algorithm and what a check of it costs; there is none of what is not checked", async () => {
    expect(hashKindOf(await hashPassword("pw"))).toBe("$argon2id$v=19$m=19456,t=2,p=1");
    expect(hashKindOf(await argon2.hash("pw", cheap))).toBe("$argon2id$v=19$m=64,t=1,p=1");
    for (const { hash } of vectors.filter(({ verifies }) => verifies)) {
      const kind = hash.startsWith("pbkdf2") ? "pbkdf2" : `$2b$${hash.slice(4, 6)}`;
      expect([hash, hashKindOf(hash)]).toEqual([hash, kind]);
    }
    expect(hashKindOf(`$2a$04$${".".repeat(53)}`)).toBe("$2b$04");
    const tooDear = "$argon2id$v=19$m=2097152,t=9,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA";
    const unchecked = ["", "!", "$2b$31$".padEnd(60, "."), "pbkdf2$short$key", tooDear];
    for (const stored of unchecked) expect([stored, hashKindOf(stored)]).toEqual([stored, null]);
  });
});
