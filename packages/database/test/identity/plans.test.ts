import { expect, test } from "vitest";
import { createApiKey, listUserApiKeys, validateApiKey } from "../../src/identity/api-keys/index.ts";
import { requestPasswordReset, resetPassword } from "../../src/identity/passwords/index.ts";
import { createSession, listUserSessions, validateSession } from "../../src/identity/sessions/index.ts";
import { signIn } from "../../src/identity/sign-in/sign-in.ts";
import { createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { fullScanOf, plansOf } from "../support/plans.ts";

const ipAddress = "192.0.2.7";
const tables = ["sessions", "users", "api_keys", "login_attempts", "failure"];

describeOnEachEngine("Sessions, API keys and sign-in", (context) => {
  test("look nothing up by reading a whole table", async () => {
    const user = await createTestUser(context.db);
    const { token } = await createSession(context.db, { userId: user.id, ipAddress });
    const { key } = await createApiKey(context.db, { userId: user.id, name: "Nightly scan" });
    const networks = ["192.0.2.0/24"];
    const { key: bound } = await createApiKey(context.db, { userId: user.id, name: "Nightly scan", networks });
    const reset = await requestPasswordReset(context.db, { email: user.email, ipAddress });
    const plans = await plansOf(context.db, async (db) => {
      await validateSession(db, token);
      await validateApiKey(db, key);
      await validateApiKey(db, bound, { ipAddress });
      await listUserSessions(db, user.id);
      await listUserApiKeys(db, user.id);
      await signIn(db, { email: user.email, password: "a wrong password", ipAddress });
      await resetPassword(db, { token: reset?.token ?? "", newPassword: "violet harbour wakes early", ipAddress });
    });
    expect(plans.length).toBeGreaterThanOrEqual(8);
    for (const plan of plans) for (const table of tables) expect(plan).not.toMatch(fullScanOf(table));
  });
});
