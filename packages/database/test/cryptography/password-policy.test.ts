import { dictionary } from "@zxcvbn-ts/language-common";
import { describe, expect, test } from "vitest";
import { checkPasswordPolicy } from "../../src/cryptography/password-policy.ts";
import { ValidationError } from "../../src/errors/index.ts";

const contextWords = ["Acme Security", "acme-security.example", "alice.liddell@acme.example"];

/** What is said of a password; nothing if it is accepted. */
async function faultOf(plain: string, policy: Parameters<typeof checkPasswordPolicy>[1] = {}): Promise<string> {
  return (await checkPasswordPolicy(plain, policy)).map(({ message }) => message).join();
}

describe("the password policy accepts", () => {
  test.each([
    "moon river dance seven",
    "tqmzvkdhrwpsnxbyfjlc",
    "correct horse battery staple",
    " lead and trail spaces count ",
    "日本語のとても長い合言葉を使います",
    "xk3v9wqpz0rt5yh",
    "nerve qm7 vexing yoghurt",
    "8203958120394857",
  ])("%j, without any rule on kinds of characters", async (plain) => {
    expect(await faultOf(plain, { contextWords })).toBe("");
  });

  test("passwords of 64 characters and of 1024", async () => {
    const long = "every quiet fox writes a zebra poem at dusk; ".repeat(23).slice(0, 1024);
    expect(await faultOf(long.slice(0, 64))).toBe("");
    expect(await faultOf(long)).toBe("");
  });
});

describe("the password policy refuses", () => {
  test("passwords below the minimum, counted in characters of their normalised form", async () => {
    expect(await faultOf("xk3v9wqpz0rt5y")).toBe("must have at least 15 characters");
    expect(await faultOf("xk3v9wq", { minLength: 8 })).toBe("must have at least 8 characters");
    expect(await faultOf("xk3v9wqp", { minLength: 8 })).not.toContain("at least");
    expect(await faultOf("🔑".repeat(14))).toBe("must have at least 15 characters");
    expect(await faultOf("e\u0301".repeat(14))).toBe("must have at least 15 characters");
    expect(await faultOf("")).toBe("must have at least 15 characters");
  });

  test("passwords above 1024 characters, at once however long", async () => {
    expect(await faultOf(`xk3v9wqpz0rt5yh${" ".repeat(1010)}`)).toBe("must have at most 1024 characters");
    expect(await faultOf("x".repeat(50_000_000))).toBe("must have at most 1024 characters");
  });

  test.each(["\0", "\t", "\n", "\u007f", "\u0085", "\ud800"])("the character %j", async (character) => {
    expect(await faultOf(`xk3v9wqpz0rt${character}5yhqq`)).toBe("must not contain control characters");
  });

  test.each([
    "passwordpassword",
    "PasswordPassword",
    "p@ssw0rdp@ssw0rd",
    "drowssapdrowssap",
    "123456789012345",
    "987654321987654321",
    "aaaaaaaaaaaaaaa",
    "abcabcabcabcabc",
    "abcdefghijklmnop",
    "qwertyuiopasdfgh",
    "1qaz2wsx3edc4rfv",
    "password1234567",
    "Password123456!",
    "iloveyoumichael",
    "letmeinletmeinletmein",
    "               ",
  ])("%j, which is long and easy to guess", async (plain) => {
    expect(await faultOf(plain)).toBe("is too easy to guess");
  });

  test(
    "the commonest passwords that fit: all of 15 characters, and 3000 of 8 where 8 are allowed",
    { timeout: 30_000 },
    async () => {
      const common = dictionary["passwords-common"];
      const long = common.filter((plain) => plain.length >= 15);
      const short = common.filter((plain) => plain.length >= 8).slice(0, 3000);
      expect(long.length).toBeGreaterThan(30);
      expect(short).toHaveLength(3000);
      for (const plain of long) expect(await faultOf(plain)).not.toBe("");
      for (const plain of short) expect(await faultOf(plain, { minLength: 8 })).not.toBe("");
    },
  );

  test.each(["nervenervenerve1", "NERVE-2024-nerve", "acmesecurity2024", "Acme-Security-24", "alice.liddell.1865!"])(
    "%j, which is little more than a name",
    async (plain) => {
      expect(await faultOf(plain, { contextWords })).toContain("names such as the company");
    },
  );

  test("passwords known from a breach, asking only about those it would accept", async () => {
    const asked: string[] = [];
    const isBreached = (plain: string) => {
      asked.push(plain);
      return Promise.resolve(plain.startsWith("moon"));
    };
    expect(await faultOf("moon river dance seven", { isBreached })).toBe("is known from a data breach");
    expect(await faultOf("correct horse battery staple", { isBreached })).toBe("");
    expect(await faultOf("passwordpassword", { isBreached })).toBe("is too easy to guess");
    expect(asked).toEqual(["moon river dance seven", "correct horse battery staple"]);
  });

  test("to decide when the breach check fails: the failure is the caller's", async () => {
    const isBreached = () => Promise.reject(new Error("no list"));
    await expect(checkPasswordPolicy("moon river dance seven", { isBreached })).rejects.toThrow("no list");
  });

  test.each([7, 0, -1, 8.5, 1025, Number.NaN])("a minimum of %s", async (minLength) => {
    await expect(checkPasswordPolicy("moon river dance seven", { minLength })).rejects.toThrow(ValidationError);
  });
});

test("an issue names the field it was asked to name, and never shows the password", async () => {
  expect(await checkPasswordPolicy("secret-short", { field: "newPassword" })).toEqual([
    { field: "newPassword", message: "must have at least 15 characters" },
  ]);
});

test("attack: a password made to be slow to judge is judged within a second", async () => {
  const started = performance.now();
  for (const unit of ["p@$$w0rd4!", "4@8({[<369&6#!1|0$5+7%2", "12.12.2012", "1"]) {
    await faultOf(unit.repeat(1024).slice(0, 1024));
  }
  expect(performance.now() - started).toBeLessThan(4000);
});
