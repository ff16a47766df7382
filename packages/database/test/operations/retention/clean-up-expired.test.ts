import { beforeEach, expect, test } from "vitest";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { requestPasswordReset, resetPassword } from "../../../src/identity/passwords/index.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { makePasswordLink } from "../../../src/index.ts";
import { runMaintenance } from "../../../src/upkeep/jobs/run-maintenance.ts";
import { createTestUser, testPassword } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

describeOnEachEngine("Links and devices whose time is over", (context) => {
  const clean = async () => (await runMaintenance(context.db, "hourly", { only: ["expired-links"] })).jobs[0]?.result;
  const count = async (table: "password_reset_links" | "known_devices") =>
    (await fetchAll(context.db, context.db.sql.selectFrom(table).select("id"))).length;

  test("links go when they have expired, those handed over after a day", async () => {
    const { db, clock } = context;
    const { id, email } = await createTestUser(db);
    const mailed = await requestPasswordReset(db, { email, ipAddress: "192.0.2.7" });
    const { token } = await makePasswordLink(db, { id });
    expect(mailed).not.toBeNull();
    clock.advance({ minutes: 29 });
    expect(await clean()).toEqual({ links: 0, devices: 0 });
    clock.advance({ minutes: 1 });
    expect(await clean()).toEqual({ links: 1, devices: 0 });
    clock.advance({ hours: 23 });
    const reset = { token, newPassword: "violet harbour wakes early", ipAddress: "192.0.2.7" };
    expect(await resetPassword(db, reset)).not.toBeNull();
    expect(await count("password_reset_links")).toBe(0);
  });

  beforeEach(async () => void (await runQuery(context.db, context.db.sql.deleteFrom("known_devices"))));

  test("devices go half a year after the last sign-in on them", async () => {
    const { db, clock } = context;
    const { email } = await createTestUser(db);
    const enter = (deviceToken?: string) =>
      signIn(db, { email, password: testPassword, ipAddress: "192.0.2.7", ...(deviceToken && { deviceToken }) });
    const first = await enter();
    await enter();
    clock.advance({ days: 100 });
    if (first.status === "signed-in") await enter(first.device.token);
    expect(await count("known_devices")).toBe(2);
    clock.advance({ days: 80 });
    expect(await clean()).toEqual({ links: 0, devices: 1 });
    clock.advance({ days: 100 });
    expect(await clean()).toEqual({ links: 0, devices: 1 });
    expect(await count("known_devices")).toBe(0);
  });
});
