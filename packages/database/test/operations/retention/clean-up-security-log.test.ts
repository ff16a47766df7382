import { beforeEach, expect, test } from "vitest";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { acknowledgeSecurityEvent, getAuditLogs, logSecurityEvent, severities } from "../../../src/index.ts";
import { cleanupSecurityLog } from "../../../src/security/clean-up-security-log.ts";
import { runMaintenance } from "../../../src/upkeep/jobs/run-maintenance.ts";
import { createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("Retention of the security log", (context) => {
  beforeEach(async () => {
    const { db } = context;
    for (const table of ["login_attempts", "security_events"] as const) await runQuery(db, db.sql.deleteFrom(table));
  });

  const attempt = (email: string, password: string) => signIn(context.db, { email, password, ipAddress: "192.0.2.7" });
  const emails = async () =>
    (await fetchAll(context.db, context.db.sql.selectFrom("login_attempts").select("email"))).map(({ email }) => email);
  const eventTypes = async () => {
    const query = context.db.sql.selectFrom("security_events").select("event_type").orderBy("id");
    return (await fetchAll(context.db, query)).map(({ eventType }) => eventType);
  };

  test("deletes attempts with the events that tell of them, and other events later", async () => {
    const { db, clock } = context;
    const { email } = await createTestUser(db);
    for (let round = 0; round < 5; round += 1) await attempt(email, "a wrong password");
    clock.advance({ days: 89 });
    await attempt("later@example.org", "a wrong password");
    expect(await cleanupSecurityLog(db)).toEqual({ attempts: 0, events: 0 });
    clock.advance({ days: 1, milliseconds: 1 });
    expect(await cleanupSecurityLog(db)).toEqual({ attempts: 5, events: 1 });
    expect(await emails()).toEqual(["later@example.org"]);
    expect(await eventTypes()).toEqual(["brute_force_detected", "login_failed"]);
    clock.advance({ days: 275 });
    expect(await cleanupSecurityLog(db)).toEqual({ attempts: 1, events: 2 });
    expect(await eventTypes()).toEqual([]);
    const { items } = await getAuditLogs(db, { action: "security_log_cleaned" });
    expect(items[0]?.metadataJson).toEqual({ attemptDays: 90, eventDays: 365, attempts: 1, events: 2 });
  });

  test("a critical event stays until somebody has acknowledged it", async () => {
    const { db, clock } = context;
    const ids: Record<string, number> = {};
    for (const severity of severities) {
      const event = { eventType: `seen_${severity}`, severity, description: "Something happened." };
      ids[severity] = (await logSecurityEvent(db, event)).id;
    }
    clock.advance({ days: 3000 });
    expect(await cleanupSecurityLog(db)).toMatchObject({ events: severities.length - 1 });
    expect(await eventTypes()).toEqual(["seen_critical"]);
    await acknowledgeSecurityEvent(db, { id: ids["critical"] ?? 0 });
    expect(await cleanupSecurityLog(db)).toMatchObject({ events: 1 });
  });

  test("a network that was the user's own still is after a cleaning that keeps as little as can be", async () => {
    const { db, clock } = context;
    const { email } = await createTestUser(db);
    await attempt(email, testPassword);
    clock.advance({ days: 30, seconds: -1 });
    expect(await cleanupSecurityLog(db, { attemptDays: 31, eventDays: 31 })).toEqual({ attempts: 0, events: 0 });
    for (let round = 0; round < 5; round += 1) {
      await signIn(db, { email, password: "a wrong password", ipAddress: "203.0.113.9" });
    }
    expect(await attempt(email, testPassword)).toMatchObject({ status: "signed-in" });
  });

  test("goes in batches, between which others get their turn", async () => {
    const { db, clock } = context;
    const row = { email: uniqueWord(), ip_address: "192.0.2.7", success: false, attempted_at: clock.now() };
    const rows = Array.from({ length: 1600 }, () => row);
    await runQuery(db, db.sql.insertInto("login_attempts").values(rows));
    clock.advance({ days: 91 });
    let turns = 0;
    const count = () => void ((turns += 1), (timer = setImmediate(count)));
    let timer = setImmediate(count);
    const { jobs } = await runMaintenance(db, "daily", { only: ["security-log"] });
    clearImmediate(timer);
    expect(jobs[0]).toMatchObject({ status: "done", result: { attempts: 1600, events: 0 } });
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  test.each(["attemptDays", "eventDays"])(
    "attack: refuses a number of %s that would let go what still counts",
    async (field) => {
      const outcome = cleanupSecurityLog(context.db, { [field]: 30 });
      await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field });
    },
  );
});
