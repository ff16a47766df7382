import { describe, expect, test } from "vitest";
import type { ValidationError } from "@nerve/database";
import { databaseOptions, parseSettings, settingDefinitions } from "../../src/index.ts";

function issuesOf(environment: Record<string, string>) {
  try {
    parseSettings(environment);
    return [];
  } catch (error) {
    return (error as ValidationError).issues;
  }
}

describe("settings", () => {
  test("without any are the safe ones", () => {
    expect(parseSettings({ PATH: "/bin", HOME: "/root" })).toMatchObject({
      host: "127.0.0.1",
      port: 8000,
      secureCookies: true,
      trustedProxies: null,
      allowPlainHttp: false,
      databaseUrl: "sqlite:data/ghost.db",
    });
  });

  test("say where the keys are: given, in the file named, or in the data folder", () => {
    const optionsFor = (environment: Record<string, string>) => databaseOptions(parseSettings(environment));
    const server = { NERVE_DATABASE_URL: "postgres://127.0.0.1/nerve" };
    const keys = `k1:${Buffer.alloc(32, 7).toString("base64url")}`;
    expect(optionsFor(server)).toMatchObject({ keyFile: "data/ghost.key" });
    expect(optionsFor({ ...server, NERVE_KEY_FILE: "/etc/nerve.key" })).toMatchObject({ keyFile: "/etc/nerve.key" });
    expect(optionsFor({ ...server, NERVE_ENCRYPTION_KEY: keys })).not.toHaveProperty("keyFile");
    expect(optionsFor({ ...server, NERVE_ENCRYPTION_KEY: keys })).toHaveProperty("keys.current.id", "k1");
    // Beside the database file, which the database package knows.
    expect(optionsFor({})).not.toHaveProperty("keyFile");
  });

  test("the two ports are not one", () => {
    const same = { NERVE_PORT: "9464", NERVE_METRICS_PORT: "9464" };
    expect(issuesOf(same)).toMatchObject([{ field: "NERVE_METRICS_PORT" }]);
    expect(issuesOf({ ...same, NERVE_METRICS_HOST: "::1" })).toEqual([]);
    expect(issuesOf({ NERVE_PORT: "0", NERVE_METRICS_PORT: "0" })).toEqual([]);
  });

  test.each([
    ["mailto:security@example.org", true],
    ["https://example.org/security?lang=en", true],
    ["security@example.org", false],
    ["mailto:security", false],
    ["http://example.org/security", false],
    ["mailto:a@example.org Expires: 2099", false],
  ])("a contact may be %j: %s", (contact, isTaken) => {
    expect(issuesOf({ NERVE_SECURITY_CONTACT: contact })).toHaveLength(isTaken ? 0 : 1);
  });

  test("are read by their form, once, and frozen", () => {
    const settings = parseSettings({
      NERVE_PORT: "8080",
      NERVE_TRUSTED_PROXIES: "192.0.2.7, 2001:db8::/32",
      NERVE_PUBLIC_URL: "http://127.0.0.1:8080/",
      NERVE_SECURE_COOKIES: "false",
      NERVE_LOG_LEVEL: "",
    });
    expect(settings).toMatchObject({
      port: 8080,
      trustedProxies: ["192.0.2.7", "2001:db8::/32"],
      publicUrl: "http://127.0.0.1:8080",
      secureCookies: false,
      logLevel: "info",
    });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  test("say what accounts and keys are held to", () => {
    const { accountPolicy, surfacePolicy } = databaseOptions(
      parseSettings({
        NERVE_REQUIRE_TWO_FACTOR: "admin, super_admin",
        NERVE_TWO_FACTOR_FROM: "2026-12-31",
        NERVE_KEY_LONGEST_DAYS: "30",
        NERVE_LOCKOUT_FAILURES: "10",
        NERVE_ACCEPTANCE_LONGEST_DAYS: "90",
        NERVE_HOLD_FINDINGS: "5",
        NERVE_HOLD_PERCENT: "40",
      }),
    );
    expect(surfacePolicy).toEqual({ longestAcceptanceDays: 90, heldFromFindings: 5, heldFromPercent: 40 });
    expect(accountPolicy).toEqual({
      keyDays: 90,
      longestKeyDays: 30,
      keysWithoutEnd: false,
      twoFactorRoles: ["super_admin", "admin"],
      twoFactorFrom: new Date("2026-12-31T00:00:00Z"),
      twoFactorGraceDays: 7,
      firstPasswordDays: 3,
      lockoutFailures: 10,
      lockoutWindowMinutes: 15,
      firstLockoutMinutes: 2,
      longestLockoutMinutes: 30,
    });
    expect(parseSettings({ NERVE_REQUIRE_TWO_FACTOR: "all" }).twoFactorRoles).not.toContain("demo");
  });

  test("of an unknown name are refused with the nearest that there is", () => {
    expect(issuesOf({ NERVE_PROT: "1", NERVE_DATABASE: "x" })).toEqual([
      { field: "NERVE_PROT", message: expect.stringContaining("is no setting; did you mean NERVE_PORT?") },
      { field: "NERVE_DATABASE", message: expect.stringContaining("is no setting; did you mean NERVE_DATABASE_URL?") },
    ]);
  });

  test.each([
    ["NERVE_PORT", "65536"],
    ["NERVE_PORT", "-1"],
    ["NERVE_PORT", "80a"],
    ["NERVE_PUBLIC_URL", "https://nerve.example.org/path"],
    ["NERVE_PUBLIC_URL", "nerve.example.org"],
    ["NERVE_TRUSTED_PROXIES", "everything"],
    ["NERVE_TRUSTED_PROXIES", "192.0.2.0/33"],
    ["NERVE_SECURE_COOKIES", "yes"],
    ["NERVE_LOG_LEVEL", "loud"],
    ["NERVE_SMTP_URL", "https://mail.example.org"],
    ["NERVE_SMTP_URL", "smtps://:25"],
    ["NERVE_SMTP_URL", "smtp://u:%@mail.example.org"],
    ["NERVE_SMTP_URL", "smtps://mail.example.org/?tls.rejectUnauthorized=false"],
    ["NERVE_PUBLIC_URL", "https://ada@nerve.example.org"],
    ["NERVE_PUBLIC_URL", "https://nerve.example.org?"],
    ["NERVE_PUBLIC_URL", "https:nerve.example.org"],
    ["NERVE_PUBLIC_URL", "https://nerve.example.org:99999"],
    ["NERVE_MAIL_FROM", "a@example.org, b@example.org"],
    ["NERVE_ENCRYPTION_KEY", "short"],
    ["NERVE_REQUIRE_TWO_FACTOR", "demo"],
    ["NERVE_REQUIRE_TWO_FACTOR", "admin,emperor"],
    ["NERVE_TWO_FACTOR_FROM", "2026-02-30"],
    ["NERVE_TWO_FACTOR_FROM", "tomorrow"],
  ])("%s=%j is refused, and the value not repeated", (name, value) => {
    const [issue] = issuesOf({ [name]: value });
    expect(issue?.field).toBe(name);
    expect(issue?.message).toMatch(/^must be /);
    expect(issue?.message).not.toContain(value);
  });

  test.each([
    ["NERVE_HOST", { NERVE_HOST: "0.0.0.0" }],
    ["NERVE_HOST", { NERVE_HOST: "::", NERVE_PUBLIC_URL: "http://nerve.example.org" }],
    ["NERVE_SECURE_COOKIES", { NERVE_SECURE_COOKIES: "false", NERVE_PUBLIC_URL: "https://nerve.example.org" }],
    [
      "NERVE_SECURE_COOKIES",
      {
        NERVE_SECURE_COOKIES: "false",
        NERVE_ALLOW_PLAIN_HTTP: "true",
        NERVE_PUBLIC_URL: "https://nerve.example.org",
      },
    ],
    [
      "NERVE_KEY_FILE",
      { NERVE_KEY_FILE: "data/key", NERVE_ENCRYPTION_KEY: `a:${Buffer.alloc(32).toString("base64url")}` },
    ],
  ])("%s is refused where it would be unsafe: %j", (name, environment) => {
    expect(issuesOf(environment as Record<string, string>).map(({ field }) => field)).toEqual([name]);
  });

  test("serve other machines behind a proxy with TLS, or when told that plain HTTP is wanted", () => {
    expect(issuesOf({ NERVE_HOST: "0.0.0.0", NERVE_PUBLIC_URL: "https://nerve.example.org" })).toEqual([]);
    expect(issuesOf({ NERVE_HOST: "0.0.0.0", NERVE_ALLOW_PLAIN_HTTP: "true" })).toEqual([]);
  });

  test.each([
    ["HTTPS://Nerve.Example.org:443", "https://nerve.example.org"],
    ["https://nerve.example.org/", "https://nerve.example.org"],
    ["http://NERVE:80", "http://nerve"],
    ["https://nérve.example:8443", "https://xn--nrve-bpa.example:8443"],
    ["http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000"],
  ])("the public address %s is kept as browsers write it", (given, kept) => {
    expect(parseSettings({ NERVE_PUBLIC_URL: given }).publicUrl).toBe(kept);
  });

  test("all have a help text, and each name belongs to one", () => {
    const definitions = Object.values(settingDefinitions);
    expect(new Set(definitions.map(({ name }) => name)).size).toBe(definitions.length);
    for (const { help } of definitions) expect(help).toMatch(/\.$/);
  });
});
