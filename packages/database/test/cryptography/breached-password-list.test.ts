import { execFileSync } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBreachedPasswordList } from "../../src/cryptography/index.ts";
import { listed, writeList } from "../support/breached-passwords.ts";

const words = (count: number, word = "breached") => Array.from({ length: count }, (_, number) => `${word} ${number}`);

async function listOf(text: string): Promise<string> {
  const { path, remove } = await writeList(text);
  onTestFinished(remove);
  return path;
}

const forms: [string, (digest: string, index: number) => string][] = [
  ["bare digests", (digest) => `${digest}\n`],
  ["digests with counts, and the line ends of Windows", (digest, index) => `${digest}:${(index * 7919) % 999_983}\r\n`],
  ["digests in small letters", (digest) => `${digest.toLowerCase()}:1\n`],
];

describe.each(forms)("A list of %s", (_, form) => {
  test.each([1, 2, 3, 90, 4000])("finds each of %i passwords, and no others", async (count) => {
    const known = words(count);
    const isBreached = await openBreachedPasswordList(await listOf(listed(known).map(form).join("")));
    for (const plain of count > 100 ? known.slice(0, 250) : known) expect(await isBreached(plain)).toBe(true);
    for (const plain of words(60, "unheard of")) expect(await isBreached(plain)).toBe(false);
  });

  test("may end without the end of a line, and finds its first and its last", async () => {
    const digests = listed(words(3000));
    const isBreached = await openBreachedPasswordList(await listOf(digests.map(form).join("").trimEnd()));
    for (const end of [digests.at(0), digests.at(-1)]) {
      const plain = words(3000).find((word) => listed([word])[0] === end) ?? "";
      expect(await isBreached(plain)).toBe(true);
    }
  });
});

describe("A list of breached passwords", () => {
  test("knows a password as it was typed and in its normal form", async () => {
    const [composed, decomposed] = ["caf\u00e9 on the corner", "cafe\u0301 on the corner"];
    const isBreached = await openBreachedPasswordList(await listOf(`${listed([composed])[0]}\n`));
    expect([await isBreached(composed), await isBreached(decomposed)]).toEqual([true, true]);
    const other = await openBreachedPasswordList(await listOf(`${listed([decomposed])[0]}\n`));
    expect([await other(composed), await other(decomposed)]).toEqual([false, true]);
  });

  const digests = listed(words(500));
  test.each([
    ["empty", ""],
    ["no list", "This is a text.\n".repeat(500)],
    ["a list of other digests", digests.map((digest) => `${digest.slice(0, 32)}:4\n`).join("")],
    ["in no order", digests.toReversed().join("\n")],
    ["one long line", digests.join("")],
  ])("that is %s is refused when it is opened", async (_, text) => {
    await expect(openBreachedPasswordList(await listOf(text))).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
  });

  test("that is missing, a folder or a pipe is refused at once", async () => {
    const path = await listOf("");
    const pipe = join(dirname(path), "pipe");
    execFileSync("mkfifo", [pipe]);
    for (const place of [`${path}.missing`, dirname(path), pipe]) {
      await expect(openBreachedPasswordList(place)).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
    }
    await expect(openBreachedPasswordList("")).rejects.toMatchObject({ field: "breachedPasswordsFile" });
  });

  test("can be replaced while it is open; without it no answer is given", async () => {
    const path = await listOf(digests.join("\n"));
    const isBreached = await openBreachedPasswordList(path);
    await writeFile(path, `${listed(["new in the list"])[0]}:1\n`);
    expect([await isBreached("new in the list"), await isBreached("breached 7")]).toEqual([true, false]);
    await rm(path);
    await expect(isBreached("breached 7")).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
  });
});
