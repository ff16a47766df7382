import { describe, expect, test } from "vitest";
import { ValidationError } from "../../src/errors/index.ts";
import { sanitizeInput } from "../../src/validation/index.ts";

describe("sanitizeInput", () => {
  test.each([
    [undefined, ""],
    [null, ""],
    ["", ""],
    [0, "0"],
    [false, "false"],
    ["  trimmed \t\r\n", "trimmed"],
    ["one\r\ntwo\tthree", "one two three"],
    ["a\0b\u0007c\u007Fd\u009Be", "abcde"],
    ["\u001B[31mred\u001B[0m", "[31mred[0m"],
    ["a\u2028b\u0085c", "a b c"],
    ["exe.\u202Egpj", "exe.gpj"],
    ["\uD800x\uDC00", "\uFFFDx\uFFFD"],
    ["'; DROP TABLE users; --", "'; DROP TABLE users; --"],
    ["日本語 ₿ 😀", "日本語 ₿ 😀"],
  ])("turns %j into %j", (value, expected) => expect(sanitizeInput(value)).toBe(expected));

  test("takes a bigint", () => expect(sanitizeInput(12n)).toBe("12"));

  test("cuts to 255 code points unless told otherwise", () => {
    expect(sanitizeInput("a".repeat(1000))).toHaveLength(255);
    expect(sanitizeInput("a".repeat(1000), { maxLength: 100 })).toHaveLength(100);
    expect(sanitizeInput("abc", { maxLength: 0 })).toBe("");
  });

  test("never cuts a surrogate pair in two", () => {
    expect(sanitizeInput("😀😀😀", { maxLength: 2 })).toBe("😀😀");
    expect(sanitizeInput("a😀b", { maxLength: 2 })).toBe("a😀");
  });

  test("leaves no blank at the end after the cut", () => {
    expect(sanitizeInput("ab cd", { maxLength: 3 })).toBe("ab");
    expect(sanitizeInput("<b> x </b>")).toBe("x");
  });

  test.each([[-1], [1.5], [Number.NaN], [Infinity]])("refuses a maxLength of %s, naming it", (maxLength) => {
    expect(() => sanitizeInput("x", { maxLength })).toThrow("maxLength: must be a whole number from 0");
  });

  test.each([[{}], [[]], [Symbol("x")], [() => "x"], [Object.create(null)]])(
    "refuses what has no text of its own",
    (value) => {
      expect(() => sanitizeInput(value)).toThrow(ValidationError);
    },
  );
});

describe("without allowHtml", () => {
  test.each([
    ["<script>alert('xss')</script>Hello", "alert('xss')Hello"],
    ["<p>one <b>two</b></p>", "one two"],
    ["a < b and c > d", "a < b and c > d"],
    ["1<2 && 3>2", "1<2 && 3>2"],
    ["AT&T &lt;b&gt; &amp; &quot;", "AT&T &lt;b&gt; &amp; &quot;"],
    ["<>", "<>"],
    ["a<!-- comment -->b", "ab"],
    ["<img src=x\nonerror=alert(1)>text", "text"],
    ["<img onerror=", ""],
    ["<style>p{}</style>text", "p{}text"],
  ])("%j becomes %j", (value, expected) => expect(sanitizeInput(value)).toBe(expected));
});

describe("with allowHtml", () => {
  const sanitize = (value: string, maxLength = 1000) => sanitizeInput(value, { allowHtml: true, maxLength });

  test.each([
    ["<p>one <strong>two</strong></p>", "<p>one <strong>two</strong></p>"],
    ["<script>alert(1)</script>text", "text"],
    ["<b onclick=alert(1) style='x'>bold</b>", "<b>bold</b>"],
    ["a < b", "a &lt; b"],
    ["<b>open", "<b>open</b>"],
  ])("%j becomes %j", (value, expected) => expect(sanitize(value)).toBe(expected));

  test("a link keeps a safe target and vouches for nothing", () => {
    expect(sanitize("<a href='https://example.org' target=_top>x</a>")).toBe(
      '<a href="https://example.org" rel="nofollow noopener noreferrer">x</a>',
    );
  });

  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "//example.org",
    "vbscript:x",
  ])("attack: a link to %j loses its target", (href) =>
    expect(sanitize(`<a href="${href}">x</a>`)).not.toContain("href"),
  );

  test("what is cut is whole HTML again, within the length", () => {
    expect(sanitize("<b>abcdefghij</b>", 12)).toBe("<b>abcde</b>");
    expect(sanitize("x &amp; y", 4)).toBe("x");
    expect(sanitize("<b>".repeat(100), 50).length).toBeLessThanOrEqual(50);
    expect(sanitize("abc <a href='https://example.org'>x</a>", 20)).toBe("abc");
  });
});

describe("attack: whatever is cut away, nothing that could run is left", () => {
  const payloads = [
    "<scr<b>ipt>alert(1)</scr</b>ipt>",
    "<<b>script>alert(1)<</b>/script>",
    "<<<<b>b>b>img src=x onerror=alert(1)>",
    "<scr\0ipt>alert(1)</script>",
    "<\u202Escript>alert(1)</script>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<b title='><script>alert(1)</script>'>x</b>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--><script>alert(1)</script>-->",
  ];

  test.each(payloads)("%j as plain text", (payload) => {
    for (let maxLength = 0; maxLength <= payload.length; maxLength += 1) {
      expect(sanitizeInput(payload, { maxLength })).not.toMatch(/<[a-z/!?]/i);
    }
  });

  test.each(payloads)("%j as HTML", (payload) => {
    for (let maxLength = 0; maxLength <= payload.length * 3; maxLength += 1) {
      const html = sanitizeInput(payload, { maxLength, allowHtml: true });
      const tags = html.match(/<[^>]*>?/g) ?? [];
      for (const tag of tags) expect(tag).toMatch(/^<\/?(?:b|p)>$/);
      expect(html.length).toBeLessThanOrEqual(maxLength);
    }
  });

  test("a megabyte of nested tags", () => {
    expect(sanitizeInput("<b>".repeat(350_000))).not.toMatch(/<[a-z/!?]/i);
  });
});
