import { describe, expect, test } from "vitest";
import type { ValidationError } from "@nerve/database";
import { parseSettings, settingDefinitions } from "../../src/index.ts";

const keys = `k1:${Buffer.alloc(32, 7).toString("base64url")}`;

/** A good value for each form, for those whose default is none. */
const samples: Readonly<Record<string, string>> = {
  NERVE_DATABASE_READ_URL: "postgres://127.0.0.1/nerve",
  NERVE_ENCRYPTION_KEY: keys,
  NERVE_BACKUP_KEY: "correct horse battery staple",
  PATH: "/usr/bin:/bin",
  NERVE_PUBLIC_URL: "https://nerve.example.org",
  NERVE_TRUSTED_PROXIES: "192.0.2.7",
  NERVE_METRICS_PORT: "9464",
  NERVE_SECURITY_CONTACT: "mailto:security@example.org",
  NERVE_REQUIRE_TWO_FACTOR: "super_admin,admin",
  NERVE_TWO_FACTOR_FROM: "2026-12-31",
  NERVE_SMTP_URL: "smtp://mail.example.org",
  NERVE_LEAVE_OUT: "NERVE_OF_TOMORROW",
};

function messageFor(name: string, value: string): string | undefined {
  try {
    parseSettings({ [name]: value });
    return undefined;
  } catch (error) {
    const { issues } = error as ValidationError;
    expect(issues.map(({ field }) => field)).toEqual([name]);
    return issues[0]?.message;
  }
}

describe.each(Object.values(settingDefinitions))("$name", ({ name, kind, secret, default: fallback }) => {
  const stated = typeof fallback === "string" ? fallback : JSON.stringify(fallback);
  const good = samples[name] ?? (kind.form.startsWith("the path") ? "data/sample" : stated);

  test("takes its sample, so that what is refused below is refused for what is added", () => {
    expect(messageFor(name, good)).toBeUndefined();
  });

  test.each([
    ["a carriage return at its end", "\r", "ends with a carriage return, as files with Windows line ends (CRLF) have"],
    ["a line feed at its end", "\n", "ends with a line feed"],
    ["both", "\r\n", "ends with a line feed"],
    ["a space at its end", " ", "ends with a space"],
    ["a no-break space at its end", "\u00A0", "ends with the unseen character U+00A0"],
    ["a zero-width space at its end", "\u200B", "ends with the unseen character U+200B"],
    ["a tab at its end", "\t", "holds a tab"],
    ["an escape at its end", "\u001B", "holds the control character U+001B"],
    ["a line separator", "\u2028x", "holds the control character U+2028"],
  ])("is refused with %s, which the message names, and no secret", (_, added, told) => {
    const message = messageFor(name, `${good}${added}`);
    expect(message).toMatch(told);
    expect(secret && message?.includes(good)).toBe(false);
  });

  test.each([
    ["a space", " ", "begins with a space"],
    ["a byte order mark", "\uFEFF", "begins with the unseen character U+FEFF"],
    ["a NUL", "\0", "holds a NUL"],
  ])("is refused with %s before it", (_, added, told) => {
    expect(messageFor(name, `${added}${good}`)).toMatch(told);
  });
});

describe("paths as only a shell reads them are refused, for they would name another folder", () => {
  const paths = Object.values(settingDefinitions).filter(({ kind }) => kind.form.startsWith("the path"));

  test.each(paths)("$name", ({ name }) => {
    for (const value of ['"data/x"', "'data/x'", "~/x", "~"]) expect(messageFor(name, value)).toMatch(/^must be/);
    expect(messageFor(name, "data/it's ~here")).toBeUndefined();
  });
});
