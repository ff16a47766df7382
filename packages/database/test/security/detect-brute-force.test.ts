import { expect, test } from "vitest";
import { statement } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { detectBruteForce, logLoginAttempt } from "../../src/security/index.ts";
import { describeOnEachEngine, type TestContext } from "../support/engines.ts";

const reports = statement((sql) =>
  sql
    .selectFrom("security_events")
    .select(["email", "ip_address", "severity", "description", "metadata_json"])
    .where("event_type", "=", "brute_force_detected")
    .orderBy("id"),
);
async function reportsAbout(context: TestContext, subject: string) {
  const all = await reports.all(context.db, {});
  return all.filter(({ email, ipAddress }) => email === subject || ipAddress === subject);
}

async function fail(context: TestContext, email: string, { ipAddress = "192.0.2.1", times = 1 } = {}) {
  for (let time = 0; time < times; time += 1) await logLoginAttempt(context.db, { email, success: false, ipAddress });
}

describeOnEachEngine("detectBruteForce", (context) => {
  test("finds nothing below the threshold, and logs nothing", async () => {
    await fail(context, "below@example.org", { ipAddress: "192.0.2.10", times: 4 });
    expect(await detectBruteForce(context.db, { email: "below@example.org", ipAddress: "192.0.2.10" })).toEqual({
      detected: false,
      emailAttempts: 4,
      ipAttempts: 4,
      shouldLock: false,
    });
    expect(await reportsAbout(context, "below@example.org")).toEqual([]);
  });

  test("finds failures for an e-mail address from many addresses, whatever its case", async () => {
    for (let host = 1; host <= 5; host += 1) {
      await fail(context, host % 2 === 0 ? "VIC@example.org" : "vic@EXAMPLE.org", { ipAddress: `198.51.100.${host}` });
    }
    expect(await detectBruteForce(context.db, { email: "Vic@Example.org", ipAddress: "198.51.100.1" })).toEqual({
      detected: true,
      emailAttempts: 5,
      ipAttempts: 1,
      shouldLock: true,
    });
    expect(await reportsAbout(context, "vic@example.org")).toEqual([
      {
        email: "vic@example.org",
        ipAddress: null,
        severity: "high",
        description: "5 failed sign-ins for vic@example.org within 15 minutes",
        metadataJson: { emailAttempts: 5, ipAttempts: 1, windowMinutes: 15, threshold: 5 },
      },
    ]);
  });

  test("finds failures from one IP address under many e-mail addresses, and locks nobody for it", async () => {
    for (let user = 1; user <= 5; user += 1) {
      await fail(context, `spray-${user}@example.org`, { ipAddress: "203.0.113.5" });
    }
    expect(await detectBruteForce(context.db, { email: "spray-1@example.org", ipAddress: "203.0.113.5" })).toEqual({
      detected: true,
      emailAttempts: 1,
      ipAttempts: 5,
      shouldLock: false,
    });
    expect(await reportsAbout(context, "203.0.113.5")).toHaveLength(1);
  });

  test("takes the two ways to write an IP address as one", async () => {
    await fail(context, "mapped@example.org", { ipAddress: "::ffff:203.0.113.77", times: 3 });
    await fail(context, "mapped@example.org", { ipAddress: "203.0.113.77", times: 2 });
    expect(await detectBruteForce(context.db, { ipAddress: "203.0.113.77" })).toMatchObject({ ipAttempts: 5 });
  });

  test("forgets what lies before the window", async () => {
    await fail(context, "window@example.org", { ipAddress: "192.0.2.20", times: 5 });
    context.clock.advance({ minutes: 15 });
    expect(await detectBruteForce(context.db, { email: "window@example.org" })).toMatchObject({ emailAttempts: 0 });
    expect(await detectBruteForce(context.db, { email: "window@example.org", windowMinutes: 16 })).toMatchObject({
      detected: true,
      emailAttempts: 5,
    });
  });

  test("forgets the failures that a success of the same user from the same address ended", async () => {
    const email = "typo@example.org";
    const ipAddress = "192.0.2.30";
    await fail(context, email, { ipAddress, times: 4 });
    await logLoginAttempt(context.db, { email: "Typo@example.org", success: true, ipAddress });
    await fail(context, email, { ipAddress });
    expect(await detectBruteForce(context.db, { email, ipAddress })).toMatchObject({
      detected: false,
      emailAttempts: 1,
      ipAttempts: 1,
    });
  });

  test("attack: neither the victim's success elsewhere nor the attacker's own one hides the attack", async () => {
    const attacker = "203.0.113.66";
    await fail(context, "victim@example.org", { ipAddress: attacker, times: 5 });
    await logLoginAttempt(context.db, { email: "victim@example.org", success: true, ipAddress: "192.0.2.40" });
    await logLoginAttempt(context.db, { email: "attacker@example.org", success: true, ipAddress: attacker });
    expect(await detectBruteForce(context.db, { email: "victim@example.org", ipAddress: attacker })).toEqual({
      detected: true,
      emailAttempts: 5,
      ipAttempts: 5,
      shouldLock: true,
    });
  });

  test("logs one event per window and subject, and another one when the attack goes on", async () => {
    const email = "flood@example.org";
    await fail(context, email, { ipAddress: "192.0.2.50", times: 6 });
    for (let call = 0; call < 3; call += 1) {
      await detectBruteForce(context.db, { email, ipAddress: "192.0.2.50" });
      context.clock.advance({ minutes: 1 });
    }
    expect(await reportsAbout(context, email)).toMatchObject([{ ipAddress: "192.0.2.50" }]);
    await fail(context, email, { ipAddress: "192.0.2.51" });
    await detectBruteForce(context.db, { email, ipAddress: "192.0.2.51" });
    expect(await reportsAbout(context, email)).toHaveLength(1);
    context.clock.advance({ minutes: 14 });
    await fail(context, email, { ipAddress: "192.0.2.51", times: 6 });
    await detectBruteForce(context.db, { email });
    expect(await reportsAbout(context, email)).toHaveLength(2);
  });

  test("reports an IP address although the e-mail address was reported before", async () => {
    const email = "both@example.org";
    await fail(context, email, { ipAddress: "192.0.2.60", times: 5 });
    await detectBruteForce(context.db, { email });
    await detectBruteForce(context.db, { email, ipAddress: "192.0.2.60" });
    expect(await reportsAbout(context, "192.0.2.60")).toMatchObject([{ email: null }]);
  });

  test("attack: twenty calls at once, from two processes, log one event", async () => {
    const email = "race@example.org";
    await fail(context, email, { ipAddress: "192.0.2.70", times: 5 });
    const other = await context.openAnother();
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        detectBruteForce(index % 2 === 0 ? context.db : other, { email, ipAddress: "192.0.2.70" }),
      ),
    );
    expect(verdicts.every(({ shouldLock }) => shouldLock)).toBe(true);
    expect(await reportsAbout(context, email)).toHaveLength(1);
  });

  test("runs within a transaction, and its event with it", async () => {
    const email = "within@example.org";
    await transaction(context.db, async (tx) => {
      for (let time = 0; time < 5; time += 1) {
        await logLoginAttempt(tx, { email, success: false, ipAddress: "192.0.2.80" });
      }
      expect(await detectBruteForce(tx, { email })).toMatchObject({ shouldLock: true });
    });
    expect(await reportsAbout(context, email)).toHaveLength(1);
  });

  test("attack: garbage in place of an e-mail address is counted like any other", async () => {
    const garbage = `' OR 1=1 --\u0000${"Ä".repeat(500)}`;
    await fail(context, garbage, { ipAddress: "192.0.2.90", times: 5 });
    expect(await detectBruteForce(context.db, { email: garbage })).toMatchObject({ emailAttempts: 5 });
    expect(await detectBruteForce(context.db, { email: "' OR 1=1 --" })).toMatchObject({ emailAttempts: 0 });
  });

  test("stops counting at a thousand", async () => {
    const email = "thousand@example.org";
    await transaction(context.db, async (tx) => {
      for (let time = 0; time < 1005; time += 1) {
        await logLoginAttempt(tx, { email, success: false, ipAddress: "192.0.2.100" });
      }
    });
    expect(await detectBruteForce(context.db, { email, threshold: 1000 })).toMatchObject({
      detected: true,
      emailAttempts: 1000,
    });
  });

  test.each([
    [{}, "email"],
    [{ email: "a@example.org", threshold: 0 }, "threshold"],
    [{ email: "a@example.org", windowMinutes: 0 }, "windowMinutes"],
    [{ ipAddress: "not an address" }, "ipAddress"],
    [{ email: "a@example.org", treshold: 5 }, "treshold"],
  ])("refuses %j", async (options, field) => {
    await expect(detectBruteForce(context.db, options)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
  });
});
