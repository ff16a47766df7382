import { expect, test } from "vitest";
import { maskText } from "../../../src/surface/evidence/mask-text.ts";
import { randomFrom } from "../../support/random.ts";

const openings = [
  "",
  "password=",
  "\npassword: ",
  "\npassword:\n",
  '"password":',
  '"password":[',
  "'password=",
  "--password",
  "<password>",
  '<a name="password" ',
  'form-data; name="password"',
  "\nCookie: ",
  '"Cookie"',
  "https://a:",
  "eyJa.",
  "-----BEGIN PRIVATE KEY-----",
  "Bearer ",
  "Basic ",
  "curl -u ",
  "[masked, ",
  "secret: |\n",
  "%3A%2F%2F",
  "AKIA",
];
const fillings = [
  " ",
  "\n",
  "a",
  "\\",
  "\\n",
  "[",
  "{",
  '"',
  "'",
  "A1",
  "=",
  "&",
  "@",
  ";",
  " a\n",
  "%25",
  "<",
  '\\"',
  "\uD800",
  "😀",
  "password=",
  "token[",
  "password: \n",
  '"Cookie", ',
  "Cookie: a=b; ",
  "a:b://",
  "-----BEGIN PRIVATE KEY-----",
  "<a ",
  "eyJ",
  "Basic+",
  'password=\\"',
  "[masked, 3 characters]",
  "secret:\n  - ",
  "&quot;",
  'name="password"\r\n',
  "<token>",
];

test("attack: no text takes more than linear time", { timeout: 60_000 }, () => {
  for (const opening of openings) {
    for (const filling of fillings) {
      const text = opening + filling.repeat(8192 / filling.length);
      const before = process.cpuUsage();
      maskText(text, { secrets: ["aaaaaaaab"] });
      const { user } = process.cpuUsage(before);
      // The square of its length would take seconds; it takes a millisecond or two.
      expect(user / 1000, JSON.stringify([opening, filling])).toBeLessThan(400);
    }
  }
});

test("attack: one of 4 MiB is masked like a small one", { timeout: 60_000 }, () => {
  const { text, masked } = maskText(`Cookie: ${"a=b;".repeat(2 ** 18)}${"x".repeat(3 * 2 ** 20)}`);
  expect(masked).toBe(2 ** 18 + 1);
  expect(text).not.toContain("a=b");
});

test("attack: whatever is mixed, nothing throws, and masking it again changes nothing", () => {
  const random = randomFrom(11);
  const pieces = [...openings, ...fillings, "hunter2", "c;def", "AKIAABCDEFGHIJKLMNOP", "\r\n", ", ", "</password>"];
  for (let round = 0; round < 3000; round += 1) {
    const text = Array.from({ length: 1 + random.below(9) }, () => random.pick(pieces)).join("");
    const secrets = random.below(2) === 0 ? [] : ["hunter2", "c;def", "ab"];
    const once = maskText(text, { secrets });
    expect(maskText(once.text, { secrets }), JSON.stringify(text)).toEqual({ text: once.text, masked: 0 });
    for (const secret of secrets.slice(0, 2)) expect(once.text).not.toContain(secret);
  }
});
